package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.CreateVolumeRequest;
import software.amazon.awssdk.services.ec2.model.ModifyVolumeRequest;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.VolumeAttachment;
import software.amazon.awssdk.services.ec2.model.VolumeModification;
import software.amazon.awssdk.services.ec2.model.VolumeModificationState;
import software.amazon.awssdk.services.ec2.model.VolumeState;

/**
 * The disk of an etcd member; outlives its instances. Disks that end with their instance (the root disks of all nodes) belong to the instance and are not read;
 * disks that the cluster's own storage driver made are.
 */
public final class Volumes implements ResourceKind<Volumes.Volume> {
    /** The kind's name. */
    public static final String KIND = "volume";

    /**
     * The tag that keeps how encryption was asked for. EC2 answers with the ARN of the key in use, which tells neither the alias that was given nor whether the
     * account's default key was meant, and a false difference here would replace a disk with data.
     */
    private static final String ENCRYPTION_TAG = "k8saws.io/encryption";

    private static final String NOT_ENCRYPTED = "none";
    private static final String DEFAULT_KEY = "default";
    private static final Duration DETACH = Duration.ofMinutes(5);
    private static final Duration CREATION = Duration.ofMinutes(5);
    private static final Duration MODIFY = Duration.ofMinutes(15);
    private static final int GP3_IOPS = 3000;
    private static final int GP3_THROUGHPUT = 125;
    private static final Set<VolumeModificationState> UNDER_WAY = Set.of(VolumeModificationState.MODIFYING);

    /**
     * The fields of this kind.
     *
     * @param zone the availability zone
     * @param type the EBS volume type
     * @param sizeGib the size in GiB; it can only grow
     * @param iops provisioned IOPS; AWS's default when empty
     * @param throughputMibps throughput in MiB/s; AWS's default when empty
     * @param encrypted whether the disk is encrypted
     * @param kmsKey the key to encrypt with; the account's default key when empty
     * @param encryptionTag how encryption was asked for, as the disk's tag keeps it; empty when somebody removed the tag
     * @param tags further tags
     */
    public record Volume(
            @ReplaceOnChange String zone,
            String type,
            int sizeGib,
            Optional<Integer> iops,
            Optional<Integer> throughputMibps,
            @ReplaceOnChange boolean encrypted,
            @ReplaceOnChange Optional<String> kmsKey,
            Optional<String> encryptionTag,
            @Additive Map<String, String> tags)
            implements Attributes {
        /** Makes AWS's defaults explicit. */
        public Volume {
            iops = Volumes.iops(type, iops);
            throughputMibps = Volumes.throughput(type, throughputMibps);
            tags = Map.copyOf(tags);
        }

        /**
         * A disk as it is wanted: its tag says how encryption is asked for.
         *
         * @param zone the availability zone
         * @param type the EBS volume type
         * @param sizeGib the size in GiB
         * @param iops provisioned IOPS
         * @param throughputMibps throughput in MiB/s
         * @param encrypted whether the disk is encrypted
         * @param kmsKey the key to encrypt with
         * @param tags further tags
         */
        public Volume(
                String zone,
                String type,
                int sizeGib,
                Optional<Integer> iops,
                Optional<Integer> throughputMibps,
                boolean encrypted,
                Optional<String> kmsKey,
                Map<String, String> tags) {
            this(
                    zone,
                    type,
                    sizeGib,
                    iops,
                    throughputMibps,
                    encrypted,
                    kmsKey,
                    Optional.of(encrypted ? kmsKey.orElse(DEFAULT_KEY) : NOT_ENCRYPTED),
                    tags);
        }

        private Volume withEncryption(boolean encrypted, Optional<String> kmsKey) {
            return new Volume(zone, type, sizeGib, iops, throughputMibps, encrypted, kmsKey, encryptionTag, tags);
        }
    }

    /**
     * A disk without its tag is taken to be encrypted as it is wanted, unless EC2's answer says otherwise: it names the key in use, so a wanted key can be
     * compared, and a disk that is not encrypted is none that should be.
     */
    @Override
    public Volume assume(Volume observed, Volume wanted) {
        boolean told = observed.encryptionTag().isPresent()
                || !observed.encrypted()
                || wanted.kmsKey().isPresent(); // a spec takes ARNs of keys only, as EC2 tells them
        return told ? observed : observed.withEncryption(wanted.encrypted(), wanted.kmsKey());
    }

    /** The IOPS of a disk as far as they can be chosen: gp3 has a default, and what AWS derives from the size for other types does not count. */
    static Optional<Integer> iops(String type, Optional<Integer> iops) {
        if (type.equals("gp3")) {
            return iops.or(() -> Optional.of(GP3_IOPS));
        }
        return type.startsWith("io") ? iops : Optional.empty();
    }

    /** The throughput of a disk as far as it can be chosen, which it can for gp3 only. */
    static Optional<Integer> throughput(String type, Optional<Integer> throughput) {
        return type.equals("gp3") ? throughput.or(() -> Optional.of(GP3_THROUGHPUT)) : Optional.empty();
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<Volume> attributes() {
        return Volume.class;
    }

    @Override
    public Found<Volume> read(Reading reading) {
        ClusterScope scope = reading.scope();
        List<Observed<Volume>> found = new ArrayList<>();
        for (var volume : reading.aws()
                .ec2()
                .describeVolumesPaginator(r -> r.filters(Ec2Tags.owned(scope)))
                .volumes()) {
            Map<String, String> tags = Ec2Tags.map(volume.tags());
            Optional<ResourceAddress> ours = Ec2Tags.address(scope, KIND, tags);
            if (leaving(volume) || (ours.isEmpty() && partOfInstance(volume, tags))) {
                continue;
            }
            found.add(new Observed<>(
                    ours.filter(address -> volume.state() != VolumeState.ERROR) // a broken one only waits to be deleted
                            .orElseGet(() -> new ResourceAddress(KIND, volume.volumeId())),
                    volume.volumeId(),
                    age(volume),
                    attributes(scope, volume, tags),
                    ours.isPresent() ? Observed.Origin.OURS : Observed.Origin.CONTROLLERS));
        }
        return Found.of(found);
    }

    /** What tells twins apart: the one that is attached holds the data, else the older. */
    private static Map<String, String> age(software.amazon.awssdk.services.ec2.model.Volume volume) {
        Map<String, String> age = new TreeMap<>();
        if (volume.createTime() != null) {
            age.put("made", volume.createTime().toString());
        }
        if (!volume.attachments().isEmpty()) {
            age.put("inUse", "true");
        }
        return age;
    }

    private static boolean leaving(software.amazon.awssdk.services.ec2.model.Volume volume) {
        return volume.state() == VolumeState.DELETING || volume.state() == VolumeState.DELETED;
    }

    private static boolean partOfInstance(
            software.amazon.awssdk.services.ec2.model.Volume volume, Map<String, String> tags) {
        return !volume.attachments().isEmpty()
                && (tags.containsKey(LaunchTemplates.GROUP_TAG)
                        || volume.attachments().stream().anyMatch(a -> Boolean.TRUE.equals(a.deleteOnTermination())));
    }

    private static Volume attributes(
            ClusterScope scope, software.amazon.awssdk.services.ec2.model.Volume volume, Map<String, String> tags) {
        Map<String, String> own = new TreeMap<>(scope.ownTags(tags));
        Optional<String> asked = Optional.ofNullable(own.remove(ENCRYPTION_TAG));
        boolean encrypted = Boolean.TRUE.equals(volume.encrypted()) && !asked.equals(Optional.of(NOT_ENCRYPTED));
        Optional<String> key = asked.or(() -> Optional.ofNullable(volume.kmsKeyId()));
        return new Volume(
                volume.availabilityZone(),
                volume.volumeTypeAsString(),
                volume.size(),
                Optional.ofNullable(volume.iops()),
                Optional.ofNullable(volume.throughput()),
                encrypted,
                key.filter(name -> encrypted && !name.equals(DEFAULT_KEY)),
                asked,
                own);
    }

    @Override
    public Made create(Step step, Volume wanted) {
        Map<String, String> tags = new TreeMap<>(step.tags(wanted.tags()));
        wanted.encryptionTag().ifPresent(asked -> tags.put(ENCRYPTION_TAG, asked));
        CreateVolumeRequest.Builder request = CreateVolumeRequest.builder()
                .clientToken(step.token())
                .availabilityZone(wanted.zone())
                .volumeType(wanted.type())
                .size(wanted.sizeGib())
                .encrypted(wanted.encrypted())
                .tagSpecifications(Ec2Tags.specification(ResourceType.VOLUME, tags));
        wanted.iops().ifPresent(request::iops);
        wanted.throughputMibps().ifPresent(request::throughput);
        if (wanted.encrypted()) {
            wanted.kmsKey().ifPresent(request::kmsKeyId);
        }
        String id = step.aws().ec2().createVolume(request.build()).volumeId();
        step.await("volume " + id + " to be available", CREATION, () -> usable(step, id));
        return Made.id(id);
    }

    /** EBS makes a volume after it has answered, and only then finds out that it may not use the key (EBS user guide, "Amazon EBS encryption"). */
    private static Optional<String> usable(Step step, String id) {
        var shown = step
                .aws()
                .ec2()
                .describeVolumesPaginator(r -> r.filters(Ec2Tags.filter("volume-id", id)))
                .volumes()
                .stream()
                .findFirst();
        if (shown.isEmpty()) {
            return Optional.of("EC2 does not show it; it never will if EBS may not use the KMS key");
        }
        if (leaving(shown.get()) || shown.get().state() == VolumeState.ERROR) {
            throw new K8sAwsException(
                    "Create " + step.address(),
                    "EBS gave volume " + id + " up; its state is " + shown.get().stateAsString(),
                    "see whether the KMS key exists, is enabled, and may be used by the caller; then plan and apply again",
                    Map.of("volume", id),
                    null);
        }
        return shown.get().state() == VolumeState.CREATING
                ? Optional.of(shown.get().stateAsString())
                : Optional.empty();
    }

    @Override
    public Made update(Step step, Observed<Volume> observed, Volume wanted, Set<String> fields) {
        String id = observed.id();
        int size = observed.attributes().sizeGib();
        if (wanted.sizeGib() < size) {
            throw new K8sAwsException(
                    "Change " + step.address(),
                    "it has " + size + " GiB and " + wanted.sizeGib() + " GiB are wanted, but EBS volumes only grow",
                    "set the size to at least " + size + " GiB; to get a smaller disk, replace the etcd member",
                    Map.of("volume", id),
                    null);
        }
        Ec2Tags.converge(step, id, observed.attributes().tags(), wanted.tags(), fields);
        if (fields.contains("encryptionTag")) {
            String asked = wanted.encryptionTag().orElseThrow();
            step.aws().ec2().createTags(r -> r.resources(id).tags(Ec2Tags.list(Map.of(ENCRYPTION_TAG, asked))));
        }
        ModifyVolumeRequest request = modification(id, wanted, fields);
        if (!request.equals(ModifyVolumeRequest.builder().volumeId(id).build())) {
            modify(step, request);
        }
        return Made.id(id);
    }

    private static ModifyVolumeRequest modification(String id, Volume wanted, Set<String> fields) {
        boolean type = fields.contains("type");
        ModifyVolumeRequest.Builder request = ModifyVolumeRequest.builder().volumeId(id);
        if (type) {
            request.volumeType(wanted.type());
        }
        if (fields.contains("sizeGib")) {
            request.size(wanted.sizeGib());
        }
        if (type || fields.contains("iops")) {
            wanted.iops().ifPresent(request::iops);
        }
        if (type || fields.contains("throughputMibps")) {
            wanted.throughputMibps().ifPresent(request::throughput);
        }
        return request.build();
    }

    private static void modify(Step step, ModifyVolumeRequest request) {
        String id = request.volumeId();
        try {
            step.aws().ec2().modifyVolume(request);
        } catch (AwsCallException e) {
            boolean busy =
                    e.code().equals("IncorrectModificationState") || e.code().equals("VolumeModificationRateExceeded");
            if (!busy
                    || latest(step.aws().ec2(), id)
                            .filter(last -> sameAs(last, request))
                            .isEmpty()) {
                throw busy ? tooSoon(step, id, e) : e;
            }
            // a run that was cut off has asked for the same already
        }
        step.await("volume " + id + " to take its new size and performance", MODIFY, () -> latest(
                        step.aws().ec2(), id)
                .flatMap(last -> pending(step, last)));
    }

    private static Optional<VolumeModification> latest(Ec2Client ec2, String id) {
        return ec2.describeVolumesModifications(r -> r.volumeIds(id)).volumesModifications().stream()
                .max(Comparator.comparing(
                        VolumeModification::startTime, Comparator.nullsFirst(Comparator.naturalOrder())));
    }

    private static boolean sameAs(VolumeModification last, ModifyVolumeRequest request) {
        return asked(request.size(), last.targetSize())
                && asked(request.iops(), last.targetIops())
                && asked(request.throughput(), last.targetThroughput())
                && asked(request.volumeTypeAsString(), last.targetVolumeTypeAsString());
    }

    private static boolean asked(@org.jspecify.annotations.Nullable Object wanted, Object target) {
        return wanted == null || Objects.equals(wanted, target);
    }

    private static Optional<String> pending(Step step, VolumeModification last) {
        if (last.modificationState() == VolumeModificationState.FAILED) {
            throw new K8sAwsException(
                    "Change " + step.address(),
                    "AWS gave up: " + Optional.ofNullable(last.statusMessage()).orElse("it does not say why"),
                    "look at the volume in AWS, then apply again",
                    Map.of("volume", last.volumeId()),
                    null);
        }
        return UNDER_WAY.contains(last.modificationState())
                ? Optional.of(last.modificationStateAsString() + " " + last.progress() + "%")
                : Optional.empty();
    }

    private static K8sAwsException tooSoon(Step step, String id, AwsCallException cause) {
        return new K8sAwsException(
                "Change " + step.address(),
                "the volume was changed a short while ago, and AWS limits how often that may be done",
                "apply again when AWS takes the next change, at the latest after 24 hours",
                Map.of("volume", id),
                cause);
    }

    @Override
    public void delete(Step step, Observed<Volume> observed) {
        Ec2Client ec2 = step.aws().ec2();
        String id = observed.id();
        try {
            try {
                ec2.deleteVolume(r -> r.volumeId(id));
            } catch (AwsCallException e) {
                if (!e.code().equals("VolumeInUse")) {
                    throw e;
                }
                detach(step, id);
                ec2.deleteVolume(r -> r.volumeId(id));
            }
        } catch (AwsCallException e) {
            if (!Answers.notThere(e)) {
                throw e;
            }
        }
    }

    private static void detach(Step step, String id) {
        Ec2Client ec2 = step.aws().ec2();
        for (VolumeAttachment attachment : attachments(ec2, id)) {
            String instance = attachment.instanceId();
            try {
                ec2.detachVolume(r -> r.volumeId(id).instanceId(instance));
            } catch (AwsCallException e) {
                // it has left by itself, because its instance ended
                if (!e.code().equals("IncorrectState") && !Answers.notThere(e)) {
                    throw e;
                }
            }
        }
        step.await("volume " + id + " to be detached", DETACH, () -> attachments(ec2, id).stream()
                .findFirst()
                .map(attachment -> "still in use by " + attachment.instanceId()));
    }

    private static List<VolumeAttachment> attachments(Ec2Client ec2, String id) {
        return ec2.describeVolumes(r -> r.volumeIds(id)).volumes().stream()
                .flatMap(volume -> volume.attachments().stream())
                .toList();
    }

    @Override
    public Set<String> deletedAfter() {
        return Set.of(AutoScalingGroups.KIND, Instances.KIND);
    }

    @Override
    public Risk deletionRisk(Observed<Volume> observed) {
        return Risk.DATA_LOSS;
    }
}
