package io.k8saws.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.route53.Route53Client;

/** The policy for DNS allows every call that the module's source can make, and no other. */
class DnsPolicyTest {
    @Test
    void itAllowsWhatIsCalledAndNoMore() throws IOException {
        String page = Documents.text(Documents.root().resolve("docs/permissions.md"));

        assertThat(OperatorPolicy.actions(Documents.blockAfter(page, "<!-- policy: dns -->")))
                .contains("route53:ChangeResourceRecordSets")
                .containsExactlyInAnyOrderElementsOf(operations());
    }

    private static Set<String> operations() throws IOException {
        Set<String> operations = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Documents.root().resolve("k8saws-dns/src/main/java"))) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".java")).toList()) {
                String source = Documents.text(file);
                if (source.contains("Route53Client")) {
                    operations.addAll(OperatorPolicy.operationsIn(source, "route53", Route53Client.class));
                }
            }
        }
        return operations;
    }
}
