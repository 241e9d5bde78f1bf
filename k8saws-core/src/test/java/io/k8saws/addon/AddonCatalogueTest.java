package io.k8saws.addon;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.bootstrap.Asset;
import io.k8saws.bootstrap.AssetCatalogue;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.Encapsulation;
import io.k8saws.cluster.Encryption;
import io.k8saws.cluster.Golden;
import io.k8saws.cluster.NodeAsset;
import io.k8saws.cluster.OperatingSystem;
import io.k8saws.cluster.SampleSpecs;
import io.k8saws.cluster.SpecGenerator;
import io.k8saws.network.CniFacts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the catalogue says, as values and as files to look at. Write the files anew with {@code -Dgolden.update=true}. */
class AddonCatalogueTest {
    static final AddonSite SITE = AddonSite.of("api.payments.example.com");

    static List<Addon> of(UnaryOperator<ClusterSpec.Builder> spec) {
        return AddonCatalogue.of(spec.apply(SampleSpecs.payments()).build(), SITE);
    }

    static List<Addon> of(CniKind cni) {
        return of(b -> b.cni(c -> c.kind(cni)));
    }

    static Addon named(String name, List<Addon> addons) {
        return addons.stream()
                .filter(addon -> addon.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Each network add-on in its default form, and what is special about each. */
    static Stream<Arguments> manifests() {
        return Stream.of(
                Arguments.of("flannel", of(CniKind.FLANNEL)),
                Arguments.of("kube-router", of(CniKind.KUBE_ROUTER)),
                Arguments.of("aws-vpc-cni", of(CniKind.AWS_VPC)),
                Arguments.of("calico", of(CniKind.CALICO)),
                Arguments.of("cilium", of(CniKind.CILIUM)),
                Arguments.of("aws-cloud-controller-manager", of(CniKind.CUSTOM)),
                Arguments.of("aws-ebs-csi-driver", of(CniKind.CUSTOM)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("manifests")
    void manifest(String name, List<Addon> addons) throws IOException {
        Golden.assertMatches("addons/" + name + ".yaml", named(name, addons).toYaml());
    }

    @Test
    void withNodesOfWindowsAllSpeakWhatWindowsKnows_andNodesMayReadWhatTheirProgramsAsk() throws IOException {
        ClusterSpec spec = SampleSpecs.payments()
                .cni(c -> c.kind(CniKind.FLANNEL))
                .addNodePool(p -> p.name("legacy")
                        .os(OperatingSystem.WINDOWS)
                        .instanceTypes("m6i.large")
                        .size(1))
                .build();

        Golden.assertMatches(
                "addons/flannel-windows.yaml",
                named("flannel", AddonCatalogue.of(spec, SITE)).toYaml());
        assertThat(AssetCatalogue.of(spec))
                .filteredOn(asset -> asset.asset() == NodeAsset.FLANNEL)
                .extracting(Asset::version)
                .as("program and pods are of one version")
                .containsExactly(AddonVersions.cni(spec));
    }

    /** Every version of Kubernetes with every network add-on, with and without mirrors: names, versions, images. */
    @Test
    void inventory() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String version : List.of("1.33.5", "1.34.3", "1.35.2", "1.36.1")) {
            for (CniKind cni : CniKind.values()) {
                for (boolean mirrored : List.of(false, true)) {
                    text.append("#### Kubernetes ").append(version).append(", ").append(cni);
                    text.append(mirrored ? ", with mirrors\n" : "\n");
                    List<Addon> addons =
                            of(b -> mirrored(b.kubernetesVersion(version).cni(c -> c.kind(cni)), mirrored));
                    for (Addon addon : addons) {
                        text.append(addon).append('\n');
                        images(addon).distinct().sorted().forEach(image -> text.append("    ")
                                .append(image)
                                .append('\n'));
                    }
                }
            }
        }
        Golden.assertMatches("addons/inventory.txt", text.toString());
    }

    private static ClusterSpec.Builder mirrored(ClusterSpec.Builder spec, boolean mirrored) {
        return mirrored
                ? spec.assets(a -> a.registry("registry.example.com/k8s"))
                        .addons(a -> a.registry("registry.example.com/mirror"))
                : spec;
    }

    @Provide
    Arbitrary<ClusterSpec> specs() {
        return SpecGenerator.specs();
    }

    @Property(tries = 200)
    void whateverTheSpecTheAddonsAreWellMade(@ForAll("specs") ClusterSpec spec) {
        List<Addon> addons = AddonCatalogue.of(spec, SITE);

        assertThat(addons).extracting(Addon::name).doesNotHaveDuplicates().startsWith("coredns");
        Set<String> refs = new HashSet<>();
        for (Addon addon : addons) {
            for (AddonObject object : addon.objects()) {
                assertThat(refs.add(object.ref().group() + object.ref()))
                        .as(object.toString())
                        .isTrue();
                assertThat(object.at("metadata", "labels"))
                        .as(object.toString())
                        .isEqualTo(Map.of("app.kubernetes.io/managed-by", "k8saws", "k8saws.io/addon", addon.name()));
                assertThat(String.valueOf(object.fields())).doesNotContain("{{");
            }
            assertThat(addon.objects())
                    .extracting(object -> ApplyOrder.step(object.ref()))
                    .isSorted();
            if (addon.origin() == Addon.Origin.CATALOGUE) {
                assertThat(addon.version()).isNotEmpty();
                addon.objects().forEach(AddonCatalogueTest::isWellMade);
                rewritten(spec, addon);
            }
        }
    }

    private static void isWellMade(AddonObject object) {
        boolean clusterWide = Set.of(
                        "ClusterRole", "ClusterRoleBinding", "CSIDriver", "CustomResourceDefinition", "StorageClass")
                .contains(object.ref().kind());
        assertThat(object.ref().namespace()).as(object.toString()).isEqualTo(clusterWide ? "" : "kube-system");
        if (object.at("data") instanceof Map<?, ?> data) {
            assertThat(data.values()).as(object.toString()).allMatch(String.class::isInstance);
        }
        if (object.at("spec", "selector", "matchLabels") instanceof Map<?, ?> selector) {
            assertThat(pods(object, "env"))
                    .as(object.toString())
                    .allMatch(entry -> ((Map<?, ?>) entry).get("value") instanceof String
                            || ((Map<?, ?>) entry).containsKey("valueFrom"));
            assertThat(asMap((Map<?, ?>) Objects.requireNonNull(object.at("spec", "template", "metadata", "labels"))))
                    .as(object.toString())
                    .containsAllEntriesOf(asMap(selector))
                    // what its controller makes of it must not look as if it were ours
                    .doesNotContainKey("k8saws.io/addon");
            List<?> mounted = pods(object, "volumeMounts");
            List<String> volumes = new ArrayList<>();
            if (object.at("spec", "template", "spec", "volumes") instanceof List<?> list) {
                list.forEach(volume -> volumes.add(String.valueOf(((Map<?, ?>) volume).get("name"))));
            }
            assertThat(volumes).doesNotHaveDuplicates();
            assertThat(mounted.stream()
                            .map(mount -> String.valueOf(((Map<?, ?>) mount).get("name")))
                            .collect(toSet()))
                    .as("mounted by %s", object)
                    .containsExactlyInAnyOrderElementsOf(volumes);
        }
    }

    private static Map<Object, Object> asMap(Map<?, ?> map) {
        return Map.copyOf(map);
    }

    private static void rewritten(ClusterSpec spec, Addon addon) {
        assertThat(images(addon).toList()).isNotEmpty().allSatisfy(image -> {
            assertThat(image).matches("[a-z0-9.:-]+(/[a-z0-9._-]+)+:v?[0-9a-z.-]+");
            spec.assets().registry().ifPresent(registry -> assertThat(image).doesNotStartWith("registry.k8s.io"));
            spec.addons().registry().ifPresent(registry -> assertThat(image)
                    .matches(name -> name.startsWith(registry + "/")
                            || spec.assets()
                                    .registry()
                                    .filter(own -> name.startsWith(own + "/provider-aws/"))
                                    .isPresent()));
        });
    }

    private static Stream<String> images(Addon addon) {
        return addon.objects().stream()
                .flatMap(object -> Stream.of("initContainers", "containers")
                        .filter(key -> object.at("spec", "template", "spec", key) != null)
                        .flatMap(key -> ((List<?>) at(object, key)).stream()))
                .map(container -> String.valueOf(((Map<?, ?>) container).get("image")));
    }

    private static Object at(AddonObject object, String key) {
        Object value = object.at("spec", "template", "spec", key);
        return value == null ? List.of() : value;
    }

    private static List<?> pods(AddonObject object, String key) {
        List<Object> result = new ArrayList<>();
        for (String containers : List.of("initContainers", "containers")) {
            for (Object container : (List<?>) at(object, containers)) {
                if (((Map<?, ?>) container).get(key) instanceof List<?> list) {
                    result.addAll(list);
                }
            }
        }
        return result;
    }

    static Map<?, ?> container(Addon addon, String name) {
        return addon.objects().stream()
                .flatMap(object -> Stream.concat(
                        ((List<?>) at(object, "initContainers")).stream(),
                        ((List<?>) at(object, "containers")).stream()))
                .map(container -> (Map<?, ?>) container)
                .filter(container -> name.equals(container.get("name")))
                .findFirst()
                .orElseThrow();
    }

    /** Environment variables as lines. */
    private static List<String> environment(Addon addon, String container) {
        return ((List<?>) container(addon, container).get("env"))
                .stream()
                        .map(entry -> (Map<?, ?>) entry)
                        .map(entry -> entry.get("name") + "=" + entry.get("value"))
                        .toList();
    }

    private static List<String> arguments(Addon addon, String container) {
        return ((List<?>) container(addon, container).get("args"))
                .stream().map(String::valueOf).toList();
    }

    @ParameterizedTest
    @EnumSource(CniKind.class)
    void whatAsksTheMetadataServiceOrRunsBeforeServicesIsOnTheMachinesNetworkAndKnowsTheApi(CniKind cni) {
        for (Addon addon : of(cni)) {
            for (AddonObject object : addon.objects()) {
                boolean pods = object.at("spec", "template", "spec", "containers") != null;
                if (pods && !object.ref().name().equals("calico-kube-controllers")) {
                    assertThat(object.at("spec", "template", "spec", "hostNetwork"))
                            .as(object.toString())
                            .isEqualTo(true);
                    assertThat(object.toYaml())
                            .contains("value: api.payments.example.com")
                            .contains("value: \"6443\"");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.33.5", "1.34.3", "1.35.2", "1.36.1"})
    void theCloudControllerIsOfTheReleaseWhoseCredentialProviderMachinesFetch(String kubernetes) {
        ClusterSpec spec = SampleSpecs.payments().kubernetesVersion(kubernetes).build();
        Asset provider = AssetCatalogue.of(spec).stream()
                .filter(asset -> asset.asset() == NodeAsset.ECR_CREDENTIAL_PROVIDER)
                .findFirst()
                .orElseThrow();

        assertThat(named("aws-cloud-controller-manager", AddonCatalogue.of(spec, SITE))
                        .version())
                .isEqualTo(provider.version());
    }

    @Test
    void environmentAndFlagsOfTheUserWin() {
        List<Addon> addons = of(b -> b.cni(c -> c.kind(CniKind.FLANNEL))
                .addons(a -> a.cloudController(c -> c.putEnvironment("AWS_ENDPOINT_URL", "http://10.0.0.2:5000")
                                .putEnvironment("AWS_REGION", "us-east-1")
                                .putEnvironment("KUBERNETES_SERVICE_HOST", "10.0.0.9")
                                .putArgument("v", "4")
                                .putArgument("profiling", ""))
                        .cni(c -> c.version("0.28.4").putArgument("iface", "eth1"))));

        Addon controller = named("aws-cloud-controller-manager", addons);
        assertThat(environment(controller, "aws-cloud-controller-manager"))
                .containsExactly(
                        "KUBERNETES_SERVICE_PORT=6443",
                        "AWS_ENDPOINT_URL=http://10.0.0.2:5000",
                        "AWS_REGION=us-east-1",
                        "KUBERNETES_SERVICE_HOST=10.0.0.9");
        assertThat(arguments(controller, "aws-cloud-controller-manager"))
                .contains("--v=4", "--profiling", "--cluster-name=payments")
                .doesNotContain("--v=2");
        assertThat(arguments(named("flannel", addons), "kube-flannel")).contains("--iface=eth1");
        assertThat(images(named("flannel", addons))).contains("ghcr.io/flannel-io/flannel:v0.28.4");
    }

    @Test
    void offIsOffAndTheUsersComeLastByName() {
        String text =
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: n}";
        List<Addon> addons = of(b -> b.cni(c -> c.kubeProxy(false)).addons(a -> a.cloudController(c -> c.enabled(false))
                .cni(c -> c.enabled(false))
                .ebsCsi(c -> c.enabled(false))
                .putManifest("zebra", text.replace("x}", "z}").replace("n}", "m}"))
                .putManifest("ant", text)));

        assertThat(addons).extracting(Addon::name).containsExactly("coredns", "ant", "zebra");
        assertThat(addons.get(1).objects())
                .extracting(AddonObject::toString)
                .containsExactly("Namespace n", "ConfigMap x");
        assertThat(addons).hasToString("coredns 1.14.2, by kubeadm\nant, 2 objects\nzebra, 2 objects");
    }

    @ParameterizedTest
    @CsvSource({
        "FLANNEL, , NONE, '\"Type\": \"vxlan\"'",
        "FLANNEL, NATIVE, NONE, '\"Type\": \"host-gw\"'",
        "FLANNEL, , WIREGUARD, '\"Type\": \"wireguard\"'",
        "FLANNEL, , NONE, '\"mtu\": 1400,'",
        "KUBE_ROUTER, , NONE, --enable-overlay=true",
        "KUBE_ROUTER, NATIVE, NONE, --enable-overlay=false",
        "KUBE_ROUTER, , NONE, --auto-mtu=false",
        "AWS_VPC, , NONE, 'value: \"1400\"'",
        "CALICO, , NONE, 'value: vxlan'",
        "CALICO, IPIP, NONE, -bird-live",
        "CALICO, NATIVE, NONE, 'value: Disable'",
        "CALICO, , NONE, 'value: \"1400\"'",
        "CILIUM, , NONE, 'tunnel-protocol: vxlan'",
        "CILIUM, GENEVE, NONE, 'tunnel-protocol: geneve'",
        "CILIUM, NATIVE, NONE, 'routing-mode: native'",
        "CILIUM, , WIREGUARD, 'enable-wireguard: \"true\"'",
        "CILIUM, , IPSEC, 'secretName: cilium-ipsec-keys'",
        "CILIUM, , NONE, 'mtu: \"1450\"'",
        "CILIUM, , WIREGUARD, 'mtu: \"1530\"'",
    })
    void whatTheSpecSaysOfTheNetworkIsInTheManifest(
            CniKind kind, @Nullable Encapsulation encapsulation, Encryption encryption, String expected) {
        boolean sized = expected.matches(".*(mtu|1400).*");
        List<Addon> addons = of(b -> b.network(n -> n.zones("eu-west-1a"))
                .etcd(e -> e.members(1))
                .cni(c -> {
                    c.kind(kind).encryption(encryption);
                    if (encapsulation != null) {
                        c.encapsulation(encapsulation);
                    }
                    if (sized) {
                        c.mtu(1400);
                    }
                }));

        assertThat(addons.stream().map(Addon::toYaml).collect(joining())).contains(expected);
    }

    @Test
    void withoutKubeProxyTheNetworkAddonDoesItsWork() {
        assertThat(named("cilium", of(b -> b.cni(c -> c.kubeProxy(false)))).toYaml())
                .contains("kube-proxy-replacement: \"true\"");
        assertThat(named(
                                "kube-router",
                                of(b -> b.cni(c -> c.kind(CniKind.KUBE_ROUTER).kubeProxy(false))))
                        .toYaml())
                .contains("--run-service-proxy=true");
        assertThat(environment(
                        named(
                                "calico",
                                of(b -> b.cni(c -> c.kind(CniKind.CALICO).kubeProxy(false)))),
                        "calico-node"))
                .contains("FELIX_BPFENABLED=true");
    }

    /** The pods' MTU that the library counts with is what the add-on comes to. */
    @Test
    void theInterfacesOfTheAwsVpcCniHaveTheVpcsMtu() {
        assertThat(environment(named("aws-vpc-cni", of(CniKind.AWS_VPC)), "aws-node"))
                .contains("AWS_VPC_ENI_MTU=" + CniFacts.VPC_MTU);
    }

    /** Programs read their settings when they start. */
    @Test
    void otherSettingsMakePodsAnew() {
        assertThat(configuration(
                        "flannel", of(b -> b.cni(c -> c.kind(CniKind.FLANNEL).mtu(1400)))))
                .isNotEqualTo(configuration("flannel", of(CniKind.FLANNEL)))
                .asString()
                .matches("[0-9a-f]{16}");
        assertThat(configuration("cilium", of(b -> b.kubernetesVersion("1.35.2"))))
                .isEqualTo(configuration("cilium", of(CniKind.CILIUM)));
    }

    private static Object configuration(String name, List<Addon> addons) {
        return named(name, addons).objects().stream()
                .filter(object -> object.ref().kind().equals("DaemonSet"))
                .map(object -> Objects.requireNonNull(
                        object.at("spec", "template", "metadata", "annotations", "k8saws.io/configuration")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aSmallControlPlaneHasOneOfEachController() {
        List<Addon> addons = of(b -> b.controlPlane(c -> c.minSize(1).maxSize(1)));
        for (String name : List.of("cilium", "aws-ebs-csi-driver")) {
            assertThat(named(name, addons).objects())
                    .filteredOn(object -> object.ref().kind().equals("Deployment"))
                    .isNotEmpty()
                    .allSatisfy(
                            object -> assertThat(object.at("spec", "replicas")).isEqualTo(1));
        }
    }
}
