package io.k8saws.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.MachineFile;
import io.k8saws.cluster.NodeAsset;
import io.k8saws.cluster.SampleSpecs;
import io.k8saws.cluster.SpecGenerator;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.text.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BootstrapTest {
    /** A private key, a key of AWS, a bootstrap token. */
    private static final Pattern SECRET = Pattern.compile(
            "PRIVATE KEY-----|\\b(AKIA|ASIA)[A-Z0-9]{16}\\b|\\b[a-z0-9]{6}\\.[a-z0-9]{16}\\b|\"?secret\"?: ");

    private static final Pattern HOST = Pattern.compile("https?://([A-Za-z0-9.-]+)");
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+");

    @Provide
    Arbitrary<ClusterSpec> specs() {
        return SpecGenerator.specs();
    }

    @Property(tries = 100)
    void equalInputGivesEqualText(@ForAll("specs") ClusterSpec spec) {
        ClusterSpec again = ClusterSpec.fromYaml(spec.toYaml());

        assertThat(BootSpecs.bootstrap(again).all())
                .isEqualTo(BootSpecs.bootstrap(spec).all());
    }

    @Property(tries = 100)
    void userDataFits_holdsNoSecret_andNamesTheBundleOfAllFilesByItsHash(@ForAll("specs") ClusterSpec spec) {
        for (ScriptSet set : BootSpecs.bootstrap(spec).all()) {
            assertThat(set.userData().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(UserData.LIMIT);
            assertThat(set.userData()).doesNotContainPattern(SECRET);
            assertThat(set.documents()).isNotEmpty().allSatisfy(document -> {
                assertThat(document.sha256()).isEqualTo(Sha256.hex(document.content()));
                assertThat(document.content()).doesNotContainPattern(SECRET);
                assertThat(set.bundle())
                        .contains("\n" + document.mode() + " "
                                + document.content().getBytes(StandardCharsets.UTF_8).length + " " + document.path()
                                + "\n" + document.content() + "\n");
            });
            assertThat(set.bundleKey()).isEqualTo("nodes/" + set.part() + "/" + Sha256.hex(set.bundle()));
            assertThat(set.userData()).contains("BUNDLE='" + Sha256.hex(set.bundle()) + "'\n");
            assertThat(set.documents()).extracting(StoredDocument::path).doesNotHaveDuplicates();
            set.secrets().ifPresent(secrets -> {
                assertThat(secrets.files()).extracting(SecretFile::path).doesNotHaveDuplicates();
                assertThat(secrets.key()).startsWith(Bootstrap.secretPrefix(set.role()) + set.part() + "/");
                assertThat(set.bundle()).contains("\nSECRETS='" + secrets.key() + "'\n");
            });
        }
    }

    /** So that what real kubeadms of each minor say of the golden files is true of all. */
    @ParameterizedTest
    @ValueSource(strings = {"1.33.13", "1.34.4", "1.35.4", "1.36.1"})
    void kubeadmsDocumentsOfAnyMinorDifferInNothingButTheVersion(String version) {
        BootSpecs.twelve().forEach(spec -> assertThat(kubeadmDocuments(spec.withKubernetesVersion(version)))
                .isNotEmpty()
                .isEqualTo(kubeadmDocuments(spec).stream()
                        .map(text -> text.replace(
                                "kubernetesVersion: v" + spec.kubernetesVersion(), "kubernetesVersion: v" + version))
                        .toList()));
    }

    /** The hosts that stand in the files of machines, and in the addresses of user data. */
    @Test
    void behindAnAirGapNoPlaceOfTheInternetIsLeft() {
        BootSpecs.twelve().forEach(spec -> {
            ClusterSpec gap = spec.with(b -> b.airGap("https://mirror.example.com/k8s", "registry.example.com/k8s"));

            assertThat(BootSpecs.bootstrap(gap).all().stream()
                            .flatMap(set -> Stream.of(set.userData(), set.bundle()))
                            .flatMap(text -> HOST.matcher(text).results())
                            .map(match -> match.group(1))
                            .filter(host -> !ADDRESS.matcher(host).matches())
                            .filter(host -> !host.endsWith(".amazonaws.com"))
                            .distinct()
                            .filter(host -> !host.endsWith(".example.com")))
                    .as(spec.name())
                    .isEmpty();
            assertThat(BootSpecs.bootstrap(gap).all()).as(spec.name()).noneMatch(set -> set.bundle()
                    .contains("registry.k8s.io"));
        });
    }

    private static List<String> kubeadmDocuments(ClusterSpec spec) {
        return BootSpecs.bootstrap(spec).all().stream()
                .flatMap(set -> set.documents().stream())
                .filter(document -> document.path().matches("/etc/k8saws/kubeadm.*\\.yaml"))
                .map(StoredDocument::content)
                .toList();
    }

    @Property(tries = 100)
    void eachGroupOfMachinesHasItsScripts(@ForAll("specs") ClusterSpec spec) {
        List<String> parts = new ArrayList<>();
        boolean stacked = spec.etcd().placement() == io.k8saws.cluster.EtcdPlacement.STACKED;
        IntStream.rangeClosed(1, spec.etcd().members())
                .forEach(number -> parts.add((stacked ? "control-plane-" : "etcd-") + number));
        if (!stacked) {
            parts.add("control-plane");
        }
        spec.nodePools().forEach(pool -> parts.add("pool-" + pool.name()));

        assertThat(BootSpecs.bootstrap(spec).all()).extracting(ScriptSet::part).containsExactlyElementsOf(parts);
    }

    /** Changes of a spec, and the groups whose machines must be made anew. */
    static Stream<Arguments> changes() {
        ClusterSpec spec = SampleSpecs.payments().build();
        return Stream.of(
                Arguments.of(spec.with(b -> b.machines(m -> m.putSysctl("vm.swappiness", "1"))), ".*"),
                Arguments.of(spec.with(b -> b.machines(m -> m.addFile("/etc/mine", "1"))), ".*"),
                Arguments.of(
                        spec.with(b -> b.machines(m -> m.addFile(new MachineFile("/etc/mine", "1", "0600")))), ".*"),
                Arguments.of(spec.with(b -> b.kubernetes(k -> k.kubelet("maxPods", 50))), "control-plane"),
                Arguments.of(spec.with(b -> b.kubernetes(k -> k.putSchedulerFlag("v", "2"))), "control-plane"),
                Arguments.of(spec.withNodePool("general", p -> p.kubelet("maxPods", 50)), "pool-general"),
                Arguments.of(spec.withNodePool("general", p -> p.putLabel("a", "b")), "pool-general"),
                Arguments.of(spec.withNodePool("general", p -> p.maxSize(50)), "none"),
                Arguments.of(spec.withEtcd(e -> e.volume(v -> v.sizeGib(15))), "etcd-[123]"),
                Arguments.of(spec.withKubernetesVersion("1.36.2"), "control-plane|pool-general"),
                Arguments.of(
                        spec.with(b -> b.assets(a -> a.sha256(NodeAsset.ETCD, "amd64", "ab".repeat(32)))),
                        "etcd-[123]"),
                Arguments.of(spec.with(b -> b.assets(a -> a.mirror("https://mirror.example.com"))), ".*"));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aChangeShowsInTheUserDataOfThoseWhomItConcerns_andOfNobodyElse(ClusterSpec changed, String concerned) {
        Bootstrap before = BootSpecs.bootstrap(SampleSpecs.payments().build());

        for (ScriptSet after : BootSpecs.bootstrap(changed).all()) {
            assertThat(after.userData().equals(before.part(after.part()).userData()))
                    .as("user data of %s is the same", after.part())
                    .isEqualTo(!after.part().matches(concerned));
        }
    }

    /** Whatever is changed in a file, be it one character. */
    @Test
    void aChangeOfAnyFileChangesTheUserData() {
        for (ScriptSet set : BootSpecs.bootstrap(SampleSpecs.everyProperty()).all()) {
            for (int i = 0; i < set.documents().size(); i++) {
                List<StoredDocument> changed = new ArrayList<>(set.documents());
                StoredDocument old = changed.get(i);
                changed.set(i, StoredDocument.of(new NodeFile(old.path(), old.mode(), old.content() + " ")));
                assertThat(UserData.of(set.part(), Map.of(), changed).text())
                        .as("after a change of %s", old.path())
                        .isNotEqualTo(UserData.of(set.part(), Map.of(), set.documents())
                                .text());
            }
        }
    }

    @Test
    void aListThatDoesNotFitIsLeftOut_andTheHashStays() {
        List<StoredDocument> many = IntStream.range(0, 200)
                .mapToObj(i -> StoredDocument.of(NodeFile.of("/etc/mine/" + "x".repeat(50) + i, "" + i)))
                .toList();

        UserData userData = UserData.of("pool-x", Map.of("PART", "pool-x"), many);
        UserData other = UserData.of("pool-x", Map.of("PART", "pool-x"), many.subList(1, 200));

        assertThat(userData.text().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(UserData.LIMIT);
        assertThat(userData.text())
                .contains("200 files, too many to be listed here", "BUNDLE='" + Sha256.hex(userData.bundle()) + "'")
                .doesNotContain(many.get(0).path());
        assertThat(other.text()).isNotEqualTo(userData.text());
    }

    @Test
    void whatNeverFitsIsRefused() {
        assertThatThrownBy(() -> UserData.of("pool-x", Map.of("S3", "x".repeat(20_000)), List.of()))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("EC2 takes 16384");
    }

    @Test
    void withoutAHashNothingIsDescribed() {
        ClusterSpec spec = SampleSpecs.payments().build();
        AssetHashes hashes = new AssetHashes(Map.of("kubelet/amd64", "ab".repeat(32)));

        assertThatThrownBy(() -> Bootstrap.of(spec, BootSpecs.site(spec), hashes))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("kubeadm/amd64, kubectl/amd64, containerd/amd64")
                .hasMessageContaining("https://dl.k8s.io/release/v1.36.1/bin/linux/amd64/kubeadm.sha256")
                .hasMessageNotContaining("kubelet");
    }

    @Test
    void anUnknownPartIsNamedWithThoseThatAre() {
        assertThatThrownBy(() ->
                        BootSpecs.bootstrap(SampleSpecs.payments().build()).part("pool-x"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("[etcd-1, etcd-2, etcd-3, control-plane, pool-general]");
    }

    @Test
    void aBucketIsReachedWithTheMachinesRole() {
        ClusterSpec spec = SampleSpecs.payments()
                .assets(a -> a.mirror("s3://artifacts/k8s"))
                .build();
        assertThat(programs(BootSpecs.bootstrap(spec)))
                .contains(
                        " s3+https://artifacts.s3.eu-west-1.amazonaws.com/k8s/dl.k8s.io/release/v1.36.1/bin/linux/amd64/kubelet\n");
    }

    @Test
    void anEmulatorTakesThePlaceOfAllServices() {
        ClusterSpec spec =
                SampleSpecs.payments().assets(a -> a.mirror("s3://artifacts")).build();
        BootstrapSite site = new BootstrapSite(
                "bucket", "amazonaws.com", java.util.Optional.of("http://10.0.0.2:5000"), "api", Map.of());
        Bootstrap bootstrap = Bootstrap.of(spec, site, BootSpecs.hashes(spec));

        assertThat(programs(bootstrap)).contains(" s3+http://10.0.0.2:5000/artifacts/dl.k8s.io/");
        assertThat(bootstrap.part("control-plane").userData()).contains("S3='http://10.0.0.2:5000/bucket'\n");
        assertThat(bootstrap.part("control-plane").documents())
                .noneMatch(document -> document.content().contains("amazonaws.com/"));
    }

    @Test
    void chinaHasItsOwnNames() {
        assertThat(BootstrapSite.of("b", "aws-cn", "api").s3("cn-north-1", "b"))
                .isEqualTo("https://b.s3.cn-north-1.amazonaws.com.cn");
        assertThat(BootstrapSite.of("b", "aws-us-gov", "api").service("ec2", "us-gov-west-1"))
                .isEqualTo("https://ec2.us-gov-west-1.amazonaws.com");
    }

    private static String programs(Bootstrap bootstrap) {
        return bootstrap.part("control-plane").documents().stream()
                .filter(document -> document.path().equals("/etc/k8saws/programs"))
                .findFirst()
                .orElseThrow()
                .content();
    }
}
