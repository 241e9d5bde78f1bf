package io.k8saws.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.K8sAwsException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterYamlTest {

    private static final String HEADER = """
            apiVersion: k8saws.io/v1alpha1
            kind: Cluster
            name: payments
            region: eu-west-1
            """;

    private static final String ZONES = """
            network:
              zones: [eu-west-1a, eu-west-1b, eu-west-1c]
            """;

    private static List<String> mistakes(String yaml) {
        InvalidSpecException e = catchThrowableOfType(InvalidSpecException.class, () -> ClusterSpec.fromYaml(yaml));
        assertThat(e).as("nothing was refused").isNotNull();
        return e.violations().stream().map(Object::toString).toList();
    }

    @Test
    void everyPropertyIsWritten() throws IOException {
        ClusterSpec spec = SampleSpecs.everyProperty();

        Golden.assertMatches("every-property.yaml", spec.toYaml());
        assertThat(ClusterSpec.fromYaml(spec.toYaml())).isEqualTo(spec);
    }

    /** Keeps the test above honest: a property that is added later must be given a value there. */
    @Test
    void theSampleHasNoDefaultAnywhere() throws IllegalAccessException {
        ClusterSpec spec = SampleSpecs.everyProperty();
        assertNoDefault(spec, ClusterSpec.builder().buildUnchecked(), "");
        assertNoDefault(spec.network(), NetworkSpec.builder().build(), "");
        assertNoDefault(spec.api(), ApiSpec.builder().build(), "");
        assertNoDefault(spec.access(), AccessSpec.builder().build(), "");
        assertNoDefault(spec.access().bastion(), BastionSpec.builder().build(), "");
        assertNoDefault(spec.controlPlane(), ControlPlaneSpec.builder().build(), "");
        assertNoDefault(spec.etcd(), EtcdSpec.builder().build(), "");
        assertNoDefault(spec.etcd().volume(), VolumeSpec.builder().build(), "throughputMibps");
        assertNoDefault(
                spec.nodePools().get(0).rootVolume(), VolumeSpec.builder().build(), "type,kmsKey");
        assertNoDefault(
                spec.etcd().events().orElseThrow(), EtcdEventsSpec.builder().build(), "");
        // Windows is not offered with a CNI of one's own; a cluster that has it goes there and back in WindowsNodeTest.
        assertNoDefault(spec.nodePools().get(0), NodePoolSpec.builder().build(), "os");
        assertNoDefault(spec.nodePools().get(0).imds(), ImdsSpec.builder().build(), "");
        assertNoDefault(spec.dns(), DnsSpec.builder().build(), "");
        // Encryption is not offered with a CNI of one's own; the round trip of random specifications has it.
        assertNoDefault(spec.cni(), CniSpec.builder().build(), "encryption");
        // Without kube-proxy it has no settings.
        assertNoDefault(spec.kubernetes(), KubernetesSpec.builder().build(), "kubeProxy");
        assertNoDefault(spec.machines(), MachinesSpec.builder().build(), "");
        assertNoDefault(spec.assets(), AssetsSpec.builder().build(), "");
        assertNoDefault(spec.addons(), AddonsSpec.builder().build(), "");
        // What is switched off has no other settings.
        assertNoDefault(spec.addons().cloudController(), AddonSpec.builder().build(), "enabled");
    }

    private static void assertNoDefault(Object sample, Object byDefault, String except) throws IllegalAccessException {
        int compared = 0;
        for (Field field : sample.getClass().getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers())
                    || Modifier.isTransient(field.getModifiers())
                    || List.of(except.split(",", -1)).contains(field.getName())) {
                continue;
            }
            field.setAccessible(true);
            assertThat(Optional.ofNullable(field.get(sample)))
                    .as("%s of %s", field.getName(), sample.getClass().getSimpleName())
                    .isNotEqualTo(Optional.ofNullable(field.get(byDefault)));
            compared++;
        }
        assertThat(compared).isPositive();
    }

    @Test
    void defaultsAreLeftOut() {
        assertThat(SampleSpecs.payments().build().toYaml()).isEqualTo("""
                        apiVersion: k8saws.io/v1alpha1
                        kind: Cluster
                        name: payments
                        region: eu-west-1
                        kubernetesVersion: 1.36.1
                        network:
                          zones:
                            - eu-west-1a
                            - eu-west-1b
                            - eu-west-1c
                        nodePools:
                          - name: general
                            instanceTypes:
                              - m6i.xlarge
                            minSize: 3
                            maxSize: 12
                        """);
    }

    @Test
    void readsWhatPeopleWrite(@TempDir Path directory) throws IOException {
        String yaml = HEADER + ZONES + """
                # a comment
                kubernetesVersion: "1.35.0"
                etcd:
                  events: {}
                  volume: {iops: 4000}
                cni:
                dns: ~
                nodePools:
                - name: gpu
                  instanceTypes: [g5.xlarge]
                  taints:
                  - {key: gpu, effect: NoSchedule}
                  rootVolume: {sizeGib: 200}
                """;
        Path file = Files.writeString(directory.resolve("cluster.yaml"), yaml);

        ClusterSpec spec = ClusterSpec.fromYaml(file);

        assertThat(spec).isEqualTo(ClusterSpec.fromYaml(yaml));
        assertThat(spec.etcd().events()).isPresent();
        assertThat(spec.etcd().volume()).isEqualTo(VolumeSpec.gp3(20).withIops(4000));
        assertThat(spec.nodePools().get(0).taints()).containsExactly(Taint.noSchedule("gpu", ""));
        assertThat(spec.nodePools().get(0).rootVolume()).isEqualTo(VolumeSpec.gp3(200));
    }

    @ParameterizedTest
    @CsvSource({
        "'{protocol: tcp, from: 179}', tcp/179",
        "'{from: 179}', tcp/179",
        "'{protocol: udp}', udp/0-65535",
        "'{protocol: tcp, from: 3000, to: 4000}', tcp/3000-4000",
        "'{protocol: esp}', esp",
        "'{protocol: icmp, from: 8, to: 0}', icmp/8-0",
    })
    void portsMayBeShort(String yaml, String port) {
        ClusterSpec spec = ClusterSpec.fromYaml(HEADER + ZONES + "cni:\n  kind: custom\n  ports: [" + yaml + "]\n");

        assertThat(spec.cni().ports()).hasToString("[" + port + "]");
    }

    @Test
    void allMistakesOfATextAreReportedAtOnce() {
        assertThat(mistakes("""
                        apiVersion: k8saws.io/v2
                        name: 12
                        region: eu-west-1
                        kubernetesversion: 1.36.1
                        network:
                          zones: eu-west-1a
                          nat: perzone
                          subnets: [a]
                        etcd:
                          members: three
                          volume:
                            sizeGb: 20
                          events: []
                        controlPlane:
                          spotMaxPrice: "0.1"
                        nodePools:
                          - name: general
                            instanceTypes: [m6i.large, 7]
                            labels: {tier: 1}
                            maxLifetime: 30d
                            imds: {tokensRequired: "yes"}
                            minSize: 1.5
                            taints: [{key: a, effect: NoShedule}]
                          - 5
                        """))
                .containsExactly(
                        "apiVersion: is k8saws.io/v2 (line 1). Write apiVersion: k8saws.io/v1alpha1.",
                        "kind: is missing. Write kind: Cluster.",
                        "name: is the number 12, not a text (line 2). Put it in quotes.",
                        "kubernetesversion: is not a known key (line 4). Write kubernetesVersion.",
                        "network.zones: is the text 'eu-west-1a', not a list (line 6). Start each element with a dash.",
                        "network.nat: 'perzone' is not known (line 7). Write per_zone.",
                        "network.subnets: is not a known key (line 8). Use one of cidr, extraCidrs, zones, maxZones, topology, nat.",
                        "etcd.members: is the text 'three', not a whole number (line 10). Write a number without quotes.",
                        "etcd.volume.sizeGb: is not a known key (line 12). Write sizeGib.",
                        "etcd.events: is a list, not a map (line 13). Write keys and values, one a line.",
                        "controlPlane.spotMaxPrice: the control plane is always on demand, because an interruption may cost"
                                + " the quorum or the API (line 15). Remove it.",
                        "nodePools[general].instanceTypes[1]: is the number 7, not a text (line 18). Put it in quotes.",
                        "nodePools[general].labels[tier]: is the number 1, not a text (line 19). Put it in quotes.",
                        "nodePools[general].maxLifetime: '30d' is not a duration (line 20). Write it as in ISO 8601, such as P30D or PT36H.",
                        "nodePools[general].imds.tokensRequired: is the text 'yes', not true or false (line 21). Write true or false"
                                + " without quotes.",
                        "nodePools[general].minSize: is the number 1.5, not a whole number (line 22). Write a number without quotes.",
                        "nodePools[general].taints[0].effect: 'NoShedule' is not known (line 23). Write NoSchedule.",
                        "nodePools[1]: is the number 5, not a map (line 24). Write keys and values, one a line.");
    }

    @Test
    void mistakesOfFormAndOfContentComeTogether() {
        assertThat(mistakes(HEADER + ZONES + "etcd:\n  members: 4\napii: {}\n"))
                .containsExactly(
                        "apii: is not a known key (line 9). Write api.",
                        "etcd.members: 4 members survive the loss of 1, as 3 do (line 8). Take 3 or 5.");
    }

    @Test
    void aMisspeltKeyHidesNoOtherMistake() {
        assertThat(mistakes("""
                        apiVersoin: k8saws.io/v1alpha1
                        kind: Cluster
                        name: payments
                        region: eu-west-1
                        netwrok:
                          zoens: [eu-west-1a, eu-west-1z, eu-west-2c]
                        etcd: {memers: 4}
                        nodePools:
                          - name: general
                            instanceTypes: [m6i.large]
                            taint: [{key: a, efect: NoShedule}]
                        tags: {"a.b[c]": 1}
                        """))
                .containsExactly(
                        "apiVersoin: is not a known key (line 1). Write apiVersion.",
                        "netwrok: is not a known key (line 5). Write network.",
                        "network.zoens: is not a known key (line 6). Write zones.",
                        "etcd.memers: is not a known key (line 7). Write members.",
                        "nodePools[general].taint: is not a known key (line 11). Write taints.",
                        "nodePools[general].taints[0].efect: is not a known key (line 11). Write effect.",
                        "nodePools[general].taints[0].effect: 'NoShedule' is not known (line 11). Write NoSchedule.",
                        "tags[a.b[c]]: is the number 1, not a text (line 12). Put it in quotes.",
                        "network.zones[1]: 'eu-west-1z' is not valid (line 6). Write the region and one letter, such as"
                                + " eu-west-1a; the letters known so far are a to f.",
                        "network.zones[2]: eu-west-2c is in region eu-west-2, the cluster in eu-west-1 (line 6). Use zones of"
                                + " eu-west-1; a cluster is in one region.",
                        "etcd.members: 4 members survive the loss of 1, as 3 do (line 7). Take 3 or 5.");
    }

    @Test
    void aMisspeltKeyBesideTheRightOneChangesNothing() {
        assertThat(mistakes(HEADER + ZONES + "etcd:\n  memers: 4\n  members: 3\n"))
                .containsExactly("etcd.memers: is not a known key (line 8). Write members.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: [a             | line 2, column 1: is not YAML: expected ',' or ']', but got <stream end>, while parsing a flow sequence that starts in line 1, column 7. Separate the elements by commas and close the bracket.",
                "a: 1\\nb:\\n\\tc: 1      | line 3, column 1: is not YAML: found character 'TAB' that cannot start any token. Indent with spaces.",
                "a: @b                | line 1, column 4: is not YAML: found character '@' that cannot start any token. Put the text in quotes.",
                "a: 1\\nb: c: d        | line 2, column 5: is not YAML: mapping values are not allowed here. Put a text with a colon in quotes",
                "a: 1\\nb: \\0          | line 2, column 4: is not YAML: YAML does not allow the character U+0000. Remove it.",
                "a:\\n   b: 1\\n  c: 2    | line 3, column 3: is not YAML: expected <block end>, but found '<block mapping start>', while parsing a block mapping that starts in line 1, column 1. Let all keys of one map start in the same column.",
                "a: \"b                | column 4. Close the quote.",
                "name: a\\nname: b    | line 2, column 5: is not YAML: Duplicate field 'name'",
                "name: &x a\\nregion: *x | line 2, column 9: has an alias. Write the value itself.",
                "name: a\\n---\\nname: b | starts a second document. Keep one cluster a file.",
                "- a                  | line 1: the text is a list, not a map",
                "just text            | line 1: the text is the text 'just text', not a map",
            })
    void textThatIsNoClusterIsRefusedWithItsPlace(String yaml, String mistake) {
        assertThat(mistakes(yaml.replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0") + "\n"))
                .singleElement()
                .asString()
                .contains(mistake);
    }

    @ParameterizedTest
    @CsvSource({"''", "'# nothing'", "'---'", "'null'"})
    void anEmptyTextLacksEverything(String yaml) {
        assertThat(mistakes(yaml))
                .containsExactly(
                        "apiVersion: is missing. Write apiVersion: k8saws.io/v1alpha1.",
                        "kind: is missing. Write kind: Cluster.",
                        "name: is missing. Give the cluster a name.",
                        "region: is missing. Name an AWS region, such as eu-west-1.",
                        "network.zones: is missing. Name one zone, or three for high availability.");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> ClusterSpec.fromYaml(Path.of("no-such-file.yaml")))
                .isInstanceOf(K8sAwsException.class)
                .hasMessage("Read cluster from no-such-file.yaml: the file cannot be read (NoSuchFileException)."
                        + " Check that it exists, may be read and is UTF-8 text.");
    }

    @Test
    void pastedPrivateKeysAreNotRepeated() {
        assertThat(mistakes(HEADER + ZONES
                        + "access:\n  sshPublicKey: |\n    -----BEGIN RSA PRIVATE KEY-----\n    c2VjcmV0\n"))
                .singleElement()
                .asString()
                .contains("access.sshPublicKey: is a private key")
                .doesNotContain("c2VjcmV0");
    }
}
