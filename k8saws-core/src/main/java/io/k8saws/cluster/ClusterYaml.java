package io.k8saws.cluster;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import io.k8saws.internal.text.PlainScalars;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** The YAML form of a specification: the keys are the properties' names, what has its default is left out. */
final class ClusterYaml {

    static final String API_VERSION = "k8saws.io/v1alpha1";
    static final String KIND = "Cluster";

    private static final YAMLMapper MAPPER = YAMLMapper.builder(YAMLFactory.builder()
                    .stringQuotingChecker(new PlainScalars())
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .disable(YAMLGenerator.Feature.SPLIT_LINES)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    private static final YamlCodec<List<String>> TEXTS = YamlCodec.list(YamlCodec.STRING);
    private static final YamlCodec<List<Cidr>> CIDRS = YamlCodec.list(YamlCodec.CIDR);

    private static final YamlCodec<ImdsSpec> IMDS = new YamlObject<>(ImdsSpec::builder, ImdsSpec.Builder::build)
            .with("tokensRequired", YamlCodec.BOOLEAN, ImdsSpec::tokensRequired, ImdsSpec.Builder::tokensRequired)
            .with("hopLimit", YamlCodec.INTEGER, ImdsSpec::hopLimit, ImdsSpec.Builder::hopLimit);

    private static final YamlCodec<NetworkSpec> NETWORK = new YamlObject<>(
                    NetworkSpec::builder, NetworkSpec.Builder::build)
            .with("cidr", YamlCodec.CIDR, NetworkSpec::cidr, NetworkSpec.Builder::cidr)
            .with("extraCidrs", CIDRS, NetworkSpec::extraCidrs, NetworkSpec.Builder::extraCidrs)
            .with("zones", TEXTS, NetworkSpec::zones, NetworkSpec.Builder::zones)
            .with("maxZones", YamlCodec.INTEGER, NetworkSpec::maxZones, NetworkSpec.Builder::maxZones)
            .with("topology", lower(Topology.values()), NetworkSpec::topology, NetworkSpec.Builder::topology)
            .with("nat", lower(NatMode.values()), NetworkSpec::nat, NetworkSpec.Builder::nat);

    private static final YamlCodec<ApiSpec> API = new YamlObject<>(ApiSpec::builder, ApiSpec.Builder::build)
            .with("loadBalancer", lower(Exposure.values()), ApiSpec::loadBalancer, ApiSpec.Builder::loadBalancer)
            .with("allowedCidrs", CIDRS, ApiSpec::allowedCidrs, ApiSpec.Builder::allowedCidrs);

    private static final YamlCodec<BastionSpec> BASTION = new YamlObject<>(
                    BastionSpec::builder, BastionSpec.Builder::build)
            .with("instanceType", YamlCodec.STRING, BastionSpec::instanceType, BastionSpec.Builder::instanceType)
            .with("allowedCidrs", CIDRS, BastionSpec::allowedCidrs, BastionSpec.Builder::allowedCidrs)
            .optional("image", YamlCodec.STRING, BastionSpec::image, BastionSpec.Builder::image)
            .optional("rootDevice", YamlCodec.STRING, BastionSpec::rootDevice, BastionSpec.Builder::rootDevice);

    private static final YamlCodec<AccessSpec> ACCESS = new YamlObject<>(AccessSpec::builder, AccessSpec.Builder::build)
            .with("method", lower(AccessMethod.values()), AccessSpec::method, AccessSpec.Builder::method)
            .with("bastion", BASTION, AccessSpec::bastion, AccessSpec.Builder::bastion)
            .optional("sshPublicKey", YamlCodec.STRING, AccessSpec::sshPublicKey, AccessSpec.Builder::sshPublicKey)
            .with("nodePortCidrs", CIDRS, AccessSpec::nodePortCidrs, AccessSpec.Builder::nodePortCidrs);

    private static final YamlCodec<ControlPlaneSpec> CONTROL_PLANE = new YamlObject<>(
                    ControlPlaneSpec::builder, ControlPlaneSpec.Builder::build)
            .with("instanceTypes", TEXTS, ControlPlaneSpec::instanceTypes, ControlPlaneSpec.Builder::instanceTypes)
            .with("minSize", YamlCodec.INTEGER, ControlPlaneSpec::minSize, ControlPlaneSpec.Builder::minSize)
            .with(
                    "maxSize",
                    YamlCodec.INTEGER,
                    ControlPlaneSpec::maxSize,
                    ControlPlaneSpec.Builder::maxSize,
                    ControlPlaneSpec::minSize)
            .with(
                    "rootVolume",
                    volume(ControlPlaneSpec.builder().build().rootVolume()),
                    ControlPlaneSpec::rootVolume,
                    ControlPlaneSpec.Builder::rootVolume)
            .optional("image", YamlCodec.STRING, ControlPlaneSpec::image, ControlPlaneSpec.Builder::image)
            .optional(
                    "rootDevice", YamlCodec.STRING, ControlPlaneSpec::rootDevice, ControlPlaneSpec.Builder::rootDevice)
            .refusing(key -> noSpot(key, "the control plane"));

    private static final YamlCodec<EtcdEventsSpec> EVENTS = new YamlObject<>(
                    EtcdEventsSpec::builder, EtcdEventsSpec.Builder::build)
            .with(
                    "volume",
                    volume(EtcdEventsSpec.builder().build().volume()),
                    EtcdEventsSpec::volume,
                    EtcdEventsSpec.Builder::volume);

    private static final YamlCodec<EtcdSpec> ETCD = new YamlObject<>(EtcdSpec::builder, EtcdSpec.Builder::build)
            .with("placement", lower(EtcdPlacement.values()), EtcdSpec::placement, EtcdSpec.Builder::placement)
            .with("members", YamlCodec.INTEGER, EtcdSpec::members, EtcdSpec.Builder::members)
            .with("instanceType", YamlCodec.STRING, EtcdSpec::instanceType, EtcdSpec.Builder::instanceType)
            .with("zones", TEXTS, EtcdSpec::zones, EtcdSpec.Builder::zones)
            .with("surviveZoneLoss", YamlCodec.BOOLEAN, EtcdSpec::surviveZoneLoss, EtcdSpec.Builder::surviveZoneLoss)
            .with("volume", volume(EtcdSpec.builder().build().volume()), EtcdSpec::volume, EtcdSpec.Builder::volume)
            .with(
                    "rootVolume",
                    volume(EtcdSpec.builder().build().rootVolume()),
                    EtcdSpec::rootVolume,
                    EtcdSpec.Builder::rootVolume)
            .optional("image", YamlCodec.STRING, EtcdSpec::image, EtcdSpec.Builder::image)
            .optional("rootDevice", YamlCodec.STRING, EtcdSpec::rootDevice, EtcdSpec.Builder::rootDevice)
            .optional("events", EVENTS, EtcdSpec::events, EtcdSpec.Builder::events)
            .refusing(key -> noSpot(key, "etcd"));

    private static final YamlCodec<Taint> TAINT = new YamlObject<>(TaintBuilder::new, TaintBuilder::build)
            .with("key", YamlCodec.STRING, Taint::key, TaintBuilder::key)
            .with("value", YamlCodec.STRING, Taint::value, TaintBuilder::value)
            .optional(
                    "effect",
                    YamlCodec.constants(TaintEffect.values(), e -> new Taint("", "", e).kubernetesEffect()),
                    t -> Optional.of(t.effect()),
                    TaintBuilder::effect);

    private static final YamlCodec<NodePoolSpec> NODE_POOL = new YamlObject<>(
                    NodePoolSpec::builder, NodePoolSpec.Builder::build)
            .with("name", YamlCodec.STRING, NodePoolSpec::name, NodePoolSpec.Builder::name)
            .with("os", lower(OperatingSystem.values()), NodePoolSpec::os, NodePoolSpec.Builder::os)
            .with("instanceTypes", TEXTS, NodePoolSpec::instanceTypes, NodePoolSpec.Builder::instanceTypes)
            .with("minSize", YamlCodec.INTEGER, NodePoolSpec::minSize, NodePoolSpec.Builder::minSize)
            .with(
                    "maxSize",
                    YamlCodec.INTEGER,
                    NodePoolSpec::maxSize,
                    NodePoolSpec.Builder::maxSize,
                    NodePoolSpec::minSize)
            .with("onDemandBase", YamlCodec.INTEGER, NodePoolSpec::onDemandBase, NodePoolSpec.Builder::onDemandBase)
            .with(
                    "onDemandPercentageAboveBase",
                    YamlCodec.INTEGER,
                    NodePoolSpec::onDemandPercentageAboveBase,
                    NodePoolSpec.Builder::onDemandPercentageAboveBase)
            .optional(
                    "spotStrategy",
                    lower(SpotStrategy.values()),
                    NodePoolSpec::spotStrategy,
                    NodePoolSpec.Builder::spotStrategy)
            .optional("spotMaxPrice", YamlCodec.STRING, NodePoolSpec::spotMaxPrice, NodePoolSpec.Builder::spotMaxPrice)
            .with("zones", TEXTS, NodePoolSpec::zones, NodePoolSpec.Builder::zones)
            .with("labels", YamlCodec.STRINGS, NodePoolSpec::labels, NodePoolSpec.Builder::labels)
            .with("taints", YamlCodec.list(TAINT), NodePoolSpec::taints, NodePoolSpec.Builder::taints)
            .with(
                    "rootVolume",
                    volume(NodePoolSpec.builder().build().rootVolume()),
                    NodePoolSpec::rootVolume,
                    NodePoolSpec.Builder::rootVolume)
            .optional("maxLifetime", YamlCodec.DURATION, NodePoolSpec::maxLifetime, NodePoolSpec.Builder::maxLifetime)
            .with("imds", IMDS, NodePoolSpec::imds, NodePoolSpec.Builder::imds)
            .with(
                    "extraSecurityGroups",
                    TEXTS,
                    NodePoolSpec::extraSecurityGroups,
                    NodePoolSpec.Builder::extraSecurityGroups)
            .optional("image", YamlCodec.STRING, NodePoolSpec::image, NodePoolSpec.Builder::image)
            .optional("rootDevice", YamlCodec.STRING, NodePoolSpec::rootDevice, NodePoolSpec.Builder::rootDevice)
            .optional("kubelet", YamlCodec.SETTINGS, NodePoolSpec::kubelet, NodePoolSpec.Builder::kubelet);

    private static final YamlCodec<DnsSpec> DNS = new YamlObject<>(DnsSpec::builder, DnsSpec.Builder::build)
            .with("kind", lower(DnsKind.values()), DnsSpec::kind, DnsSpec.Builder::kind)
            .optional("zone", YamlCodec.STRING, DnsSpec::zone, DnsSpec.Builder::zone)
            .optional("hostedZoneId", YamlCodec.STRING, DnsSpec::hostedZoneId, DnsSpec.Builder::hostedZoneId)
            .optional("apiRecord", YamlCodec.STRING, DnsSpec::apiRecord, DnsSpec.Builder::apiRecord);

    private static final YamlCodec<PortRange> PORT = new YamlObject<>(PortBuilder::new, PortBuilder::build)
            .optional("protocol", lower(Protocol.values()), p -> Optional.of(p.protocol()), PortBuilder::protocol)
            .with("from", YamlCodec.INTEGER, PortRange::from, PortBuilder::from, p -> PortRange.all(p.protocol())
                    .from())
            .with("to", YamlCodec.INTEGER, PortRange::to, PortBuilder::to, PortBuilder::lastPort);

    private static final YamlCodec<CniSpec> CNI = new YamlObject<>(CniSpec::builder, CniSpec.Builder::build)
            .with("kind", lower(CniKind.values()), CniSpec::kind, CniSpec.Builder::kind)
            .with("podCidr", YamlCodec.CIDR, CniSpec::podCidr, CniSpec.Builder::podCidr)
            .with("nodePrefixLength", YamlCodec.INTEGER, CniSpec::nodePrefixLength, CniSpec.Builder::nodePrefixLength)
            .with("serviceCidr", YamlCodec.CIDR, CniSpec::serviceCidr, CniSpec.Builder::serviceCidr)
            .optional(
                    "encapsulation",
                    lower(Encapsulation.values()),
                    CniSpec::encapsulation,
                    CniSpec.Builder::encapsulation)
            .with("encryption", lower(Encryption.values()), CniSpec::encryption, CniSpec.Builder::encryption)
            .optional("mtu", YamlCodec.INTEGER, CniSpec::mtu, CniSpec.Builder::mtu)
            .with("ports", YamlCodec.list(PORT), CniSpec::ports, CniSpec.Builder::ports)
            .with(
                    "disableSourceDestCheck",
                    YamlCodec.BOOLEAN,
                    CniSpec::disableSourceDestCheck,
                    CniSpec.Builder::disableSourceDestCheck)
            .with("kubeProxy", YamlCodec.BOOLEAN, CniSpec::kubeProxy, CniSpec.Builder::kubeProxy);

    private static final YamlCodec<KubernetesSpec> KUBERNETES = new YamlObject<>(
                    KubernetesSpec::builder, KubernetesSpec.Builder::build)
            .with(
                    "featureGates",
                    YamlCodec.map(YamlCodec.BOOLEAN),
                    KubernetesSpec::featureGates,
                    KubernetesSpec.Builder::featureGates)
            .with(
                    "apiServerFlags",
                    YamlCodec.STRINGS,
                    KubernetesSpec::apiServerFlags,
                    KubernetesSpec.Builder::apiServerFlags)
            .with(
                    "controllerManagerFlags",
                    YamlCodec.STRINGS,
                    KubernetesSpec::controllerManagerFlags,
                    KubernetesSpec.Builder::controllerManagerFlags)
            .with(
                    "schedulerFlags",
                    YamlCodec.STRINGS,
                    KubernetesSpec::schedulerFlags,
                    KubernetesSpec.Builder::schedulerFlags)
            .optional("kubelet", YamlCodec.SETTINGS, KubernetesSpec::kubelet, KubernetesSpec.Builder::kubelet)
            .optional("kubeProxy", YamlCodec.SETTINGS, KubernetesSpec::kubeProxy, KubernetesSpec.Builder::kubeProxy)
            .optional(
                    "auditPolicy", YamlCodec.SETTINGS, KubernetesSpec::auditPolicy, KubernetesSpec.Builder::auditPolicy)
            .with(
                    "secretsEncryption",
                    lower(SecretsEncryption.values()),
                    KubernetesSpec::secretsEncryption,
                    KubernetesSpec.Builder::secretsEncryption)
            .optional(
                    "secretsKmsKey",
                    YamlCodec.STRING,
                    KubernetesSpec::secretsKmsKey,
                    KubernetesSpec.Builder::secretsKmsKey);

    private static final YamlCodec<KeysSpec> KEYS = new YamlObject<>(KeysSpec::builder, KeysSpec.Builder::build)
            .with("type", lower(KeyType.values()), KeysSpec::type, KeysSpec.Builder::type)
            .optional(
                    "serviceAccounts",
                    lower(KeyType.values()),
                    KeysSpec::serviceAccounts,
                    KeysSpec.Builder::serviceAccounts)
            .optional("kmsKey", YamlCodec.STRING, KeysSpec::kmsKey, KeysSpec.Builder::kmsKey);

    private static final YamlCodec<MachineFile> FILE = new YamlObject<>(FileBuilder::new, FileBuilder::build)
            .with("path", YamlCodec.STRING, MachineFile::path, FileBuilder::path)
            .with("content", YamlCodec.STRING, MachineFile::content, FileBuilder::content)
            .with("mode", YamlCodec.STRING, MachineFile::mode, FileBuilder::mode);

    private static final YamlCodec<MachinesSpec> MACHINES = new YamlObject<>(
                    MachinesSpec::builder, MachinesSpec.Builder::build)
            .with("sysctls", YamlCodec.STRINGS, MachinesSpec::sysctls, MachinesSpec.Builder::sysctls)
            .with("files", YamlCodec.list(FILE, "path"), MachinesSpec::files, MachinesSpec.Builder::files)
            .with("packages", YamlCodec.list(YamlCodec.STRING), MachinesSpec::packages, MachinesSpec.Builder::packages)
            .with("commands", YamlCodec.list(YamlCodec.STRING), MachinesSpec::commands, MachinesSpec.Builder::commands)
            .optional("containerd", YamlCodec.SETTINGS, MachinesSpec::containerd, MachinesSpec.Builder::containerd);

    private static final YamlCodec<AssetsSpec> ASSETS = new YamlObject<>(AssetsSpec::builder, AssetsSpec.Builder::build)
            .optional("mirror", YamlCodec.STRING, AssetsSpec::mirror, AssetsSpec.Builder::mirror)
            .optional("registry", YamlCodec.STRING, AssetsSpec::registry, AssetsSpec.Builder::registry)
            .with("versions", YamlCodec.STRINGS, AssetsSpec::versions, AssetsSpec.Builder::versions)
            .with("sha256", YamlCodec.STRINGS, AssetsSpec::sha256, AssetsSpec.Builder::sha256)
            .with(
                    "preinstalled",
                    YamlCodec.list(YamlCodec.constants(NodeAsset.values(), NodeAsset::label)),
                    AssetsSpec::preinstalled,
                    AssetsSpec.Builder::preinstalled);

    private static final YamlCodec<AddonSpec> ADDON = new YamlObject<>(AddonSpec::builder, AddonSpec.Builder::build)
            .with("enabled", YamlCodec.BOOLEAN, AddonSpec::enabled, AddonSpec.Builder::enabled)
            .optional("version", YamlCodec.STRING, AddonSpec::version, AddonSpec.Builder::version)
            .with("environment", YamlCodec.STRINGS, AddonSpec::environment, AddonSpec.Builder::environment)
            .with("arguments", YamlCodec.STRINGS, AddonSpec::arguments, AddonSpec.Builder::arguments);

    private static final YamlCodec<AddonsSpec> ADDONS = new YamlObject<>(AddonsSpec::builder, AddonsSpec.Builder::build)
            .optional("registry", YamlCodec.STRING, AddonsSpec::registry, AddonsSpec.Builder::registry)
            .with("cloudController", ADDON, AddonsSpec::cloudController, AddonsSpec.Builder::cloudController)
            .with("cni", ADDON, AddonsSpec::cni, AddonsSpec.Builder::cni)
            .with("ebsCsi", ADDON, AddonsSpec::ebsCsi, AddonsSpec.Builder::ebsCsi)
            .with("manifests", YamlCodec.STRINGS, AddonsSpec::manifests, AddonsSpec.Builder::manifests);

    private static final YamlObject<ClusterSpec, ClusterSpec.Builder> CLUSTER = new YamlObject<>(
                    ClusterSpec::builder, ClusterSpec.Builder::buildUnchecked)
            .optional("apiVersion", YamlCodec.STRING, s -> Optional.of(API_VERSION), (b, v) -> {})
            .optional("kind", YamlCodec.STRING, s -> Optional.of(KIND), (b, v) -> {})
            .with("name", YamlCodec.STRING, ClusterSpec::name, ClusterSpec.Builder::name)
            .with("region", YamlCodec.STRING, ClusterSpec::region, ClusterSpec.Builder::region)
            // Always written: another version of this library may have another default.
            .optional(
                    "kubernetesVersion",
                    YamlCodec.STRING,
                    s -> Optional.of(s.kubernetesVersion()),
                    ClusterSpec.Builder::kubernetesVersion)
            .with("network", NETWORK, ClusterSpec::network, ClusterSpec.Builder::network)
            .with("api", API, ClusterSpec::api, ClusterSpec.Builder::api)
            .with("access", ACCESS, ClusterSpec::access, ClusterSpec.Builder::access)
            .with("controlPlane", CONTROL_PLANE, ClusterSpec::controlPlane, ClusterSpec.Builder::controlPlane)
            .with("etcd", ETCD, ClusterSpec::etcd, ClusterSpec.Builder::etcd)
            .with(
                    "nodePools",
                    YamlCodec.list(NODE_POOL, "name"),
                    ClusterSpec::nodePools,
                    ClusterSpec.Builder::nodePools)
            .with("dns", DNS, ClusterSpec::dns, ClusterSpec.Builder::dns)
            .with("cni", CNI, ClusterSpec::cni, ClusterSpec.Builder::cni)
            .with("kubernetes", KUBERNETES, ClusterSpec::kubernetes, ClusterSpec.Builder::kubernetes)
            .with("keys", KEYS, ClusterSpec::keys, ClusterSpec.Builder::keys)
            .with("machines", MACHINES, ClusterSpec::machines, ClusterSpec.Builder::machines)
            .with("assets", ASSETS, ClusterSpec::assets, ClusterSpec.Builder::assets)
            .with("addons", ADDONS, ClusterSpec::addons, ClusterSpec.Builder::addons)
            .optional(
                    "permissionsBoundary",
                    YamlCodec.STRING,
                    ClusterSpec::permissionsBoundary,
                    ClusterSpec.Builder::permissionsBoundary)
            .with("tags", YamlCodec.STRINGS, ClusterSpec::tags, ClusterSpec.Builder::tags);

    private ClusterYaml() {}

    static String write(ClusterSpec spec) {
        try {
            return MAPPER.writeValueAsString(CLUSTER.write(spec));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("Write cluster " + spec.name() + " as YAML: " + e.getOriginalMessage(), e);
        }
    }

    static ClusterSpec read(String yaml, String tried) {
        Findings findings = new Findings();
        YamlLines lines = new YamlLines();
        JsonNode root = parse(yaml, tried, lines);
        header(root, findings);
        ClusterSpec spec = CLUSTER.read(root, "", findings).orElseThrow();
        List<Violation> all = new ArrayList<>(findings.all());
        for (Violation violation : ClusterRules.violations(spec)) {
            // What could not be read has its default now; a rule that the default breaks says nothing about the text.
            if (findings.all().stream().noneMatch(f -> Findings.isWithin(violation.path(), f.path()))) {
                all.add(violation);
            }
        }
        if (!all.isEmpty()) {
            throw new InvalidSpecException(
                    tried,
                    all.stream()
                            .map(violation -> placed(violation, lines.of(root, findings.asWritten(violation.path()))))
                            .toList());
        }
        return spec;
    }

    private static Violation placed(Violation violation, OptionalInt line) {
        return line.isEmpty()
                ? violation
                : new Violation(
                        violation.path(), violation.problem() + " (line " + line.getAsInt() + ")", violation.fix());
    }

    private static JsonNode parse(String yaml, String tried, YamlLines lines) {
        try (JsonParser tokens = MAPPER.getFactory().createParser(yaml)) {
            YAMLParser parser = (YAMLParser) tokens;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                lines.note(parser, token);
                // Jackson would read an alias as the text of its name.
                if (parser.isCurrentAlias()) {
                    throw syntax(tried, parser.currentTokenLocation(), "has an alias", "write the value itself");
                }
            }
        } catch (IOException e) {
            throw new InvalidSpecException(tried, List.of(YamlSyntax.of(e, yaml)));
        }
        try (JsonParser documents = MAPPER.getFactory().createParser(yaml)) {
            JsonNode first = MAPPER.readTree(documents);
            if (documents.nextToken() != null) {
                throw syntax(
                        tried, documents.currentTokenLocation(), "starts a second document", "keep one cluster a file");
            }
            return first == null || isEmpty(first) ? JsonNodeFactory.instance.objectNode() : requireMap(first, tried);
        } catch (IOException e) {
            throw new InvalidSpecException(tried, List.of(YamlSyntax.of(e, yaml)));
        }
    }

    /** Tells whether nothing was written; Jackson reads that as null or as an empty text. */
    static boolean isEmpty(JsonNode node) {
        return node.isNull()
                || node.isMissingNode()
                || (node.isTextual() && node.textValue().isEmpty());
    }

    private static ObjectNode requireMap(JsonNode node, String tried) {
        if (node instanceof ObjectNode map) {
            return map;
        }
        throw new InvalidSpecException(
                tried,
                List.of(new Violation(
                        "line 1",
                        "the text is " + YamlCodec.kind(node) + ", not a map",
                        "start with apiVersion and kind")));
    }

    private static InvalidSpecException syntax(String tried, JsonLocation location, String problem, String fix) {
        String path = "line " + Math.max(1, location.getLineNr()) + ", column " + Math.max(1, location.getColumnNr());
        return new InvalidSpecException(tried, List.of(new Violation(path, problem, fix)));
    }

    private static void header(JsonNode root, Findings findings) {
        expect(root, "apiVersion", API_VERSION, findings);
        expect(root, "kind", KIND, findings);
    }

    private static void expect(JsonNode root, String key, String value, Findings findings) {
        String written = CLUSTER.meant(root).entrySet().stream()
                .filter(one -> one.getValue().equals(key))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(key);
        JsonNode node = root.path(written);
        // A value that is no text is reported with all the others.
        if (node.isMissingNode() || node.isNull()) {
            findings.add(key, "is missing", "write " + key + ": " + value);
        } else if (node.isTextual() && !node.textValue().equals(value)) {
            findings.add(key, "is " + node.textValue(), "write " + key + ": " + value);
        }
    }

    private static Optional<String> noSpot(String key, String what) {
        return key.startsWith("spot") || key.startsWith("onDemand")
                ? Optional.of(what + " is always on demand, because an interruption may cost the quorum or the API")
                : Optional.empty();
    }

    /** A volume; what is left out is as in the volume that stands there by default. */
    private static YamlCodec<VolumeSpec> volume(VolumeSpec byDefault) {
        return new YamlObject<>(byDefault::toBuilder, VolumeSpec.Builder::build)
                .with("type", lower(VolumeType.values()), VolumeSpec::type, VolumeSpec.Builder::type)
                .with("sizeGib", YamlCodec.INTEGER, VolumeSpec::sizeGib, VolumeSpec.Builder::sizeGib)
                .with("iops", YamlCodec.INTEGER, VolumeSpec::iops, VolumeSpec.Builder::iops)
                .with(
                        "throughputMibps",
                        YamlCodec.INTEGER,
                        VolumeSpec::throughputMibps,
                        VolumeSpec.Builder::throughputMibps)
                .optional("kmsKey", YamlCodec.STRING, VolumeSpec::kmsKey, VolumeSpec.Builder::kmsKey);
    }

    private static <E extends Enum<E>> YamlCodec<E> lower(E[] values) {
        Function<E, String> spelling = Names::lower;
        return YamlCodec.constants(values, spelling);
    }

    /** Records have no builder. */
    private static final class TaintBuilder {
        private String key = "";
        private String value = "";
        private TaintEffect effect = TaintEffect.NO_SCHEDULE;

        void key(String key) {
            this.key = key;
        }

        void value(String value) {
            this.value = value;
        }

        void effect(TaintEffect effect) {
            this.effect = effect;
        }

        Taint build() {
            return new Taint(key, value, effect);
        }
    }

    /** Records have no builder. */
    private static final class FileBuilder {
        private String path = "";
        private String content = "";
        private String mode = MachineFile.DEFAULT_MODE;

        void path(String path) {
            this.path = path;
        }

        void content(String content) {
            this.content = content;
        }

        void mode(String mode) {
            this.mode = mode;
        }

        MachineFile build() {
            return new MachineFile(path, content, mode);
        }
    }

    /** Records have no builder. Ports that are left out are all of the protocol; a single port may leave out {@code to}. */
    private static final class PortBuilder {
        private Protocol protocol = Protocol.TCP;
        private Optional<Integer> from = Optional.empty();
        private Optional<Integer> to = Optional.empty();

        void protocol(Protocol protocol) {
            this.protocol = protocol;
        }

        void from(int from) {
            this.from = Optional.of(from);
        }

        void to(int to) {
            this.to = Optional.of(to);
        }

        PortRange build() {
            PortRange first =
                    new PortRange(protocol, from.orElse(PortRange.all(protocol).from()), 0);
            return new PortRange(protocol, first.from(), to.orElse(lastPort(first)));
        }

        static int lastPort(PortRange ports) {
            PortRange all = PortRange.all(ports.protocol());
            return ports.from() == all.from() ? all.to() : ports.from();
        }
    }
}
