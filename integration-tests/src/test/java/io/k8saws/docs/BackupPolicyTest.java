package io.k8saws.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.ssm.SsmClient;

/** The policy for backups allows every call that the module's source can make, and nothing else but what S3 asks for beside them. */
class BackupPolicyTest {
    /** In a bucket with versions, and to tell what is locked; the page says so. */
    private static final Set<String> BESIDE =
            Set.of("s3:DeleteObjectVersion", "s3:GetObjectLegalHold", "s3:GetObjectRetention", "s3:GetObjectVersion");

    @Test
    void itAllowsWhatIsCalledAndNoMore() throws IOException {
        String page = Documents.text(Documents.root().resolve("docs/permissions.md"));
        String policy = Documents.blockAfter(page, "<!-- policy: backup -->");
        Set<String> needed = new TreeSet<>(BESIDE);
        operations().forEach(operation -> needed.addAll(OperatorPolicy.actionsOf(operation)));

        assertThat(needed).contains("kms:GenerateDataKey", "s3:PutObject");
        assertThat(OperatorPolicy.actions(policy)).containsExactlyInAnyOrderElementsOf(needed);
        BESIDE.forEach(action -> assertThat(page.replace(policy, "")).contains("`" + action + "`"));
    }

    /** Whoever lets a restore work on machines by Run Command. */
    @Test
    void itsOtherHalfAllowsRunCommandAndNoMore() throws IOException {
        String page = Documents.text(Documents.root().resolve("docs/permissions.md"));
        String source = Documents.text(
                Documents.root().resolve("k8saws-etcd/src/main/java/io/k8saws/etcd/ssm/MachineShell.java"));

        assertThat(OperatorPolicy.actions(Documents.blockAfter(page, "<!-- policy: run-command -->")))
                .isEqualTo(OperatorPolicy.operationsIn(source, "ssm", SsmClient.class))
                .contains("ssm:SendCommand");
    }

    private static Set<String> operations() throws IOException {
        Set<String> operations = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Documents.root().resolve("k8saws-etcd/src/main/java"))) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".java")).toList()) {
                String source = Documents.text(file);
                if (source.contains("S3Client") || source.contains("s3()")) {
                    operations.addAll(OperatorPolicy.operationsIn(source, "s3", S3Client.class));
                }
                if (source.contains("kms()")) {
                    operations.addAll(OperatorPolicy.operationsIn(source, "kms", KmsClient.class));
                }
            }
        }
        return operations;
    }
}
