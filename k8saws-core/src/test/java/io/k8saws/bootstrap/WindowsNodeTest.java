package io.k8saws.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.NodeAsset;
import io.k8saws.cluster.OperatingSystem;
import io.k8saws.cluster.SampleSpecs;
import io.k8saws.network.CniFacts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A Windows worker has the twin of a Linux worker's scripts")
class WindowsNodeTest {
    private static final ClusterSpec SPEC = BootSpecs.windows();
    private static final ScriptSet POOL = BootSpecs.bootstrap(SPEC).part("pool-legacy");

    private static String file(String name) {
        return POOL.documents().stream()
                .filter(document -> document.path().equals("C:/k8saws/" + name))
                .findFirst()
                .orElseThrow()
                .content();
    }

    @Test
    void userDataIsWhatEc2LaunchRuns_fits_pinsTheBundle_andHoldsNoSecret() {
        assertThat(POOL.userData())
                .startsWith("<powershell>\n")
                .endsWith("</powershell>\n")
                .contains("$Bundle = '" + POOL.bundleKey().substring("nodes/pool-legacy/".length()) + "'")
                .contains("$Part = 'pool-legacy'");
        assertThat(POOL.userData().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(UserData.LIMIT);
        assertThat(POOL.secrets()).isEmpty();
        assertThat(POOL.documents())
                .extracting(StoredDocument::path)
                .allMatch(path -> path.startsWith("C:/k8saws/"))
                .allMatch(path -> !path.contains(" "));
    }

    /** Windows PowerShell reads a file without a byte order mark in the machine's old code page. */
    @Test
    void scriptsAreAscii() {
        for (String text : List.of(Scripts.windowsRunbook(), Scripts.windowsNotices(), POOL.userData())) {
            assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(text)).isTrue();
        }
    }

    @Test
    void aTextIsOneWord_whateverItHolds() {
        assertThat(PowerShell.quoted("it's")).isEqualTo("'it''s'");
        assertThat(PowerShell.quoted("$x `n \u2019")).isEqualTo("'$x `n \u2019\u2019'");
    }

    @Test
    void theStepsHaveTheNamesOfLinux() {
        assertThat(Scripts.windowsRunbook())
                .containsSubsequence(
                        "Step 'identify'",
                        "Step 'check-clock'",
                        "Step 'hold-updates'",
                        "Step 'prepare-kernel'",
                        "Step 'install-programs'",
                        "Step 'write-documents'",
                        "Step 'start-containerd'",
                        "Step 'join'",
                        "Step 'start-network'",
                        "Step 'start-notices'",
                        "Set-Status 'done' 'done' ''");
    }

    @Test
    void nodesAreTaintedAsWindows_andSayTheirPool() {
        assertThat(file("kubelet.yaml"))
                .contains("- effect: NoSchedule\n    key: os\n    value: windows")
                .contains("- effect: NoExecute\n    key: dedicated\n    value: legacy")
                .contains("providerID: \"@PROVIDER_ID@\"")
                .contains("maxPods: 30");
        assertThat(file("variables.ps1")).contains("$Labels = 'k8saws.io/node-pool=legacy,tier=legacy'");
        assertThat(SampleSpecs.payments().build().nodePools().get(0).effectiveTaints())
                .isEmpty();
    }

    @Test
    void eachProgramIsPinned_andLinuxFetchesNoneOfThem() {
        assertThat(file("programs").lines())
                .hasSize(7)
                .allMatch(line -> line.matches("[a-z-]+ [0-9a-f]{64} (file|tar) C:/k8saws[^ ]* https://[^ ]+"));
        assertThat(AssetCatalogue.of(SPEC))
                .extracting(Asset::key)
                .contains("kubelet/amd64", "kubelet/windows-amd64", "flannel/windows-amd64")
                .doesNotContain("flannel/amd64", "kube-proxy/amd64", "kubeadm/windows-amd64", "runc/windows-amd64");
        assertThat(AssetCatalogue.of(SampleSpecs.payments().build()))
                .extracting(Asset::asset)
                .doesNotContain(NodeAsset.KUBE_PROXY, NodeAsset.FLANNEL);
    }

    @Test
    void allNodesShareThePortThatWindowsKnows() {
        assertThat(CniFacts.of(SPEC).nodePorts().toString()).contains("4789").doesNotContain("8472");
        assertThat(CniFacts.of(SPEC.cni()).nodePorts().toString()).contains("8472");
        assertThat(file("net-conf.json")).contains("\"VNI\": 4096").contains("\"Port\": 4789");
    }

    @Test
    void yamlKeepsIt() {
        assertThat(ClusterSpec.fromYaml(SPEC.toYaml())).isEqualTo(SPEC);
        assertThat(SPEC.toYaml()).contains("os: windows");
    }

    @Test
    void thePoolOfLinuxBesideItIsAsEver() {
        ClusterSpec without = SPEC.with(b -> b.nodePools(SPEC.nodePools().stream()
                .filter(pool -> pool.os() == OperatingSystem.LINUX)
                .toList()));
        String part = "pool-" + without.nodePools().get(0).name();

        assertThat(BootSpecs.bootstrap(SPEC).part(part))
                .isEqualTo(BootSpecs.bootstrap(without).part(part));
    }
}
