package io.k8saws.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.Golden;
import io.k8saws.cluster.SampleSpecs;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The machines of whole clusters as files to look at. Write them anew with {@code -Dgolden.update=true}. */
@DisplayName("What makes machines nodes is as in its golden file")
class BootstrapGoldenTest {
    static Stream<ClusterSpec> specs() {
        return Stream.concat(BootSpecs.twelve(), Stream.of(BootSpecs.windows()));
    }

    @Test
    void thereAreTwelve() {
        assertThat(BootSpecs.twelve().map(ClusterSpec::name)).hasSize(12).doesNotHaveDuplicates();
    }

    /** Scripts are the same for all clusters and have files of their own; hashes would change with each of them. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void documents(ClusterSpec spec) throws IOException {
        StringBuilder text = new StringBuilder();
        Map<String, String> shown = new HashMap<>();
        for (ScriptSet set : BootSpecs.bootstrap(spec).all()) {
            text.append("######## ").append(set).append('\n');
            set.secrets().ifPresent(secrets -> {
                text.append("from ").append(secrets.needs()).append('\n');
                secrets.files().forEach(secret -> text.append(secret.mode())
                        .append(' ')
                        .append(secret)
                        .append('\n'));
            });
            for (StoredDocument document : set.documents()) {
                text.append("\n==== ").append(document.mode()).append(' ').append(document.path());
                String before = shown.putIfAbsent(document.path() + document.sha256(), set.part());
                if (document.path().matches(".*\\.sh|.*(node|notices)\\.ps1")) {
                    text.append("\n(a script)\n");
                } else if (before != null) {
                    text.append("\n(as in ").append(before).append(")\n");
                } else {
                    text.append('\n').append(document.content());
                }
            }
            text.append('\n');
        }
        Golden.assertMatches("boot/" + spec.name() + ".txt", text.toString());
    }

    @ParameterizedTest
    @EnumSource(NodeRole.class)
    void runbook(NodeRole role) throws IOException {
        Golden.assertMatches("boot/" + role.label() + ".sh", Scripts.runbook(role));
    }

    @Test
    void whatRunsBesideTheRunbooks() throws IOException {
        Golden.assertMatches("boot/notices.sh", Scripts.notices());
        Golden.assertMatches("boot/join.sh", Scripts.join());
        Golden.assertMatches("boot/certificates.sh", Scripts.certificates(NodeRole.CONTROL_PLANE));
        Golden.assertMatches("boot/etcd-certificates.sh", Scripts.certificates(NodeRole.ETCD));
    }

    @Test
    void whatWindowsRuns() throws IOException {
        Golden.assertMatches("boot/windows-node.ps1", Scripts.windowsRunbook());
        Golden.assertMatches("boot/windows-notices.ps1", Scripts.windowsNotices());
        Golden.assertMatches(
                "boot/windows-user-data.ps1",
                BootSpecs.bootstrap(BootSpecs.windows()).part("pool-legacy").userData());
    }

    @Test
    void userData() throws IOException {
        Golden.assertMatches(
                "boot/user-data.sh",
                BootSpecs.bootstrap(SampleSpecs.payments().build())
                        .part("control-plane")
                        .userData());
    }
}
