package io.k8saws.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.NodeAsset;
import io.k8saws.cluster.OperatingSystem;
import io.k8saws.cluster.SampleSpecs;
import io.k8saws.network.CniFacts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        assertThat(POOL.userData().getBytes(StandardCharsets.UTF_8))
                .as("with room for longer names of buckets and endpoints")
                .hasSizeLessThanOrEqualTo(UserData.LIMIT - 2048);
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

    private static String windows() {
        return POOL.userData() + Scripts.windowsRunbook() + Scripts.windowsNotices();
    }

    private static String linux() {
        return Scripts.runbook(NodeRole.NODES)
                + Scripts.notices()
                + BootSpecs.bootstrap(SampleSpecs.payments().build())
                        .part("control-plane")
                        .userData();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "the clock is off by ",
                " s: set up time synchronisation in the image (169.254.169.123 is Amazon's time server)",
                "S3 does not tell the time",
                " (tried for ",
                "no answer: ",
                ". Look at this machine's way there: name server, routes, endpoints, security groups",
                ". Look at the rights of this machine's role, at the policy of what it asks, and at the clock",
                "does not say who this machine is. Look at the launch template's metadata options",
                "in the cluster's bucket. Plan and apply the cluster",
                ", twice. ",
                " cannot be fetched from ",
                ". Look at the mirror, and at this machine's way there",
                "Look at that place. If the file was meant to change, give its hash in assets.sha256",
                "there is no way in yet, join/nodes.conf in the cluster's bucket, or this machine's role may not read it.",
                "Look at the control plane's statuses first: each of its machines writes it",
                "this machine is a node already",
                "kube-controller-manager signs it",
                "all steps again in ",
                "spot interruption",
                "its group terminates it",
                "unknown, the API does not answer",
                "left on the node: ",
                "the group waits until its own limit"
            })
    void itSaysWhatAWorkerOfLinuxSays(String words) {
        assertThat(linux()).contains(words);
        assertThat(windows()).contains(words);
    }

    @ParameterizedTest
    @CsvSource({
        "'SPOT_SECONDS:=(\\d+)', '\\$SpotSeconds = (\\d+)'",
        "'GROUP_SECONDS:=(\\d+)', '\\$GroupSeconds = (\\d+)'",
        "'TELL_SECONDS:=(\\d+)', '\\$TellSeconds = (\\d+)'",
        "'AGAIN_SECONDS:=(\\d+)', '\\$AgainSeconds = (\\d+)'",
        "'here - there > (\\d+) ', 'Abs\\(\\$off\\) -gt (\\d+)'",
        "'retry (\\d+) look_at_oneself', 'Retry (\\d+) \\{ Read-Oneself'",
        "'retry (\\d+) fetch_bundle', 'Retry (\\d+) \\{ Get-Bundle'",
        "'retry (\\d+) install_program', 'Retry (\\d+) \\{ Install-Program'",
        "'retry (\\d+) containerd_listens', 'Retry (\\d+) [^\\n]*containerd-containerd'",
        "'retry (\\d+) join_once', 'Retry (\\d+) \\{ Get-WayIn'",
        "'retry (\\d+) has_certificate', 'Retry (\\d+) [^\\n]*certificate yet'"
    })
    void itWaitsAsLongAsAWorkerOfLinux(String linux, String windows) {
        assertThat(only(windows, windows())).isEqualTo(only(linux, linux()));
    }

    /** The numbers that a pattern finds, which are the same in all places. */
    private static String only(String pattern, String text) {
        Set<String> found = Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
        assertThat(found).as(pattern).hasSize(1);
        return found.iterator().next();
    }

    /** S3 refuses what a wrong clock has signed, the status too; and a wrong clock takes no certificate for valid. */
    @Test
    void userDataLooksAtTheClockFirst_andDoesNotGiveUp() {
        assertThat(POOL.userData())
                .containsSubsequence(
                        "Step 'check-clock'", "Step 'fetch-files'", "Step 'start-node'", "$Patient = $true", "while (");
    }

    /** A connection that was made with a certificate that nobody looked at carries no keys of the machine's role. */
    @Test
    void onlyTheClockIsAskedForWithoutLookingAtTheCertificate() {
        for (String text : List.of(Scripts.windowsRunbook(), Scripts.windowsNotices(), POOL.userData())) {
            assertThat(text.split("ServerCertificateValidationCallback = ", -1)).hasSize(2);
            String asked = text.substring(
                    text.indexOf("function Get-Time"), text.indexOf("ServerCertificateValidationCallback = "));
            assertThat(asked).contains("KeepAlive = $false", "AllowAutoRedirect = $false");
            assertThat(asked.lastIndexOf("\nfunction ")).isNegative();
        }
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
