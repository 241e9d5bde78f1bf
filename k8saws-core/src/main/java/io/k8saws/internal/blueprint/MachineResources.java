package io.k8saws.internal.blueprint;

import io.k8saws.bootstrap.ScriptSet;
import io.k8saws.cluster.AccessMethod;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.ControlPlaneSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.cluster.EtcdSpec;
import io.k8saws.cluster.NodePoolSpec;
import io.k8saws.cluster.OperatingSystem;
import io.k8saws.cluster.SpotStrategy;
import io.k8saws.cluster.Taint;
import io.k8saws.cluster.VolumeSpec;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.Resource;
import io.k8saws.internal.resource.AutoScalingGroups;
import io.k8saws.internal.resource.AutoScalingGroups.LifecycleHook;
import io.k8saws.internal.resource.AutoScalingGroups.MixedInstances;
import io.k8saws.internal.resource.BucketObjects;
import io.k8saws.internal.resource.Buckets;
import io.k8saws.internal.resource.Content;
import io.k8saws.internal.resource.IamRolePolicies;
import io.k8saws.internal.resource.InstanceProfiles;
import io.k8saws.internal.resource.KeyPairs;
import io.k8saws.internal.resource.LaunchTemplates;
import io.k8saws.internal.resource.NetworkInterfaces;
import io.k8saws.internal.resource.SecretBundles;
import io.k8saws.network.PlannedEtcdMember;
import io.k8saws.network.PlannedSubnet;
import io.k8saws.network.SubnetRole;
import io.k8saws.plan.ResourceAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The machines: a launch template, an Auto Scaling group and a bundle of files for each pool, the control plane, each etcd member and the bastion. */
final class MachineResources {
    private static final String SSH_KEY = "ssh";
    private static final int GRACE_SECONDS = 300;
    private static final int DRAIN_SECONDS = 300;
    private static final LifecycleHook DRAIN =
            new LifecycleHook("drain", "autoscaling:EC2_INSTANCE_TERMINATING", DRAIN_SECONDS, "CONTINUE");

    private final Drawing drawing;
    private final ClusterSpec spec;

    private MachineResources(Drawing drawing) {
        this.drawing = drawing;
        this.spec = drawing.spec();
    }

    static void draw(Drawing drawing) {
        MachineResources machines = new MachineResources(drawing);
        drawing.spec()
                .access()
                .sshPublicKey()
                .ifPresent(key -> drawing.add(
                        KeyPairs.KIND, SSH_KEY, new KeyPairs.KeyPair(key, drawing.tags()), "access.sshPublicKey"));
        if (drawing.spec().etcd().placement() == EtcdPlacement.DEDICATED) {
            drawing.network().etcdMembers().forEach(machines::drawEtcdMember);
            machines.drawControlPlane();
        } else {
            drawing.network().etcdMembers().forEach(machines::drawStackedMember);
        }
        drawing.spec().nodePools().forEach(machines::drawPool);
        if (drawing.spec().access().method() == AccessMethod.BASTION) {
            machines.drawBastion();
        }
    }

    /** A group of equal machines, before it becomes resources. */
    private record Group(
            String name,
            String part,
            MachineRole role,
            String specPath,
            List<String> instanceTypes,
            GroupImage image,
            VolumeSpec rootVolume,
            LaunchTemplates.Metadata metadata,
            int minSize,
            int maxSize,
            Set<Ref> subnets,
            boolean publicIp,
            Optional<MixedInstances> mixedInstances,
            Optional<Duration> maxLifetime,
            boolean apiTarget,
            Set<LifecycleHook> hooks,
            List<String> extraSecurityGroups,
            Map<String, String> tags,
            List<ResourceAddress> belongings) {}

    private void drawControlPlane() {
        ControlPlaneSpec control = spec.controlPlane();
        Set<Ref> subnets = drawing.network().machineSubnets().stream()
                .map(NetworkResources::ref)
                .collect(Collectors.toSet());
        draw(controlPlane(MachineGroups.CONTROL_PLANE, control.minSize(), control.maxSize(), subnets, List.of()));
    }

    private void drawStackedMember(PlannedEtcdMember member) {
        draw(controlPlane(
                MachineGroups.stackedMember(member.number()),
                1,
                1,
                Set.of(Drawing.ref(io.k8saws.internal.resource.Subnets.KIND, member.subnet())),
                EtcdResources.belongings(drawing, member)));
    }

    private Group controlPlane(String name, int min, int max, Set<Ref> subnets, List<ResourceAddress> belongings) {
        ControlPlaneSpec control = spec.controlPlane();
        return new Group(
                name,
                name,
                MachineRole.CONTROL_PLANE,
                "controlPlane",
                control.instanceTypes(),
                GroupImage.of(control),
                control.rootVolume(),
                closedMetadata(),
                min,
                max,
                subnets,
                openMachines(),
                control.instanceTypes().size() > 1 ? Optional.of(onDemand(control.instanceTypes())) : Optional.empty(),
                Optional.empty(),
                true,
                Set.of(DRAIN),
                List.of(),
                Map.of(),
                belongings);
    }

    private void drawEtcdMember(PlannedEtcdMember member) {
        EtcdSpec etcd = spec.etcd();
        draw(new Group(
                member.name(),
                member.name(),
                MachineRole.ETCD,
                "etcd",
                List.of(etcd.instanceType()),
                GroupImage.of(etcd),
                etcd.rootVolume(),
                closedMetadata(),
                1,
                1,
                Set.of(Drawing.ref(io.k8saws.internal.resource.Subnets.KIND, member.subnet())),
                openMachines(),
                Optional.empty(),
                Optional.empty(),
                false,
                Set.of(),
                List.of(),
                Map.of("k8saws.io/etcd-member", member.name()),
                EtcdResources.belongings(drawing, member)));
    }

    private void drawPool(NodePoolSpec pool) {
        Set<Ref> subnets = pool.effectiveZones(spec.network()).stream()
                .map(zone -> NetworkResources.machineSubnet(drawing, zone))
                .collect(Collectors.toSet());
        boolean mixed = pool.usesSpot() || pool.instanceTypes().size() > 1;
        MixedInstances instances = new MixedInstances(
                pool.instanceTypes(),
                pool.onDemandBase(),
                pool.onDemandPercentageAboveBase(),
                pool.usesSpot()
                        ? Optional.of(strategy(pool.spotStrategy().orElse(SpotStrategy.PRICE_CAPACITY_OPTIMIZED)))
                        : Optional.empty(),
                pool.spotMaxPrice());
        draw(new Group(
                pool.name(),
                MachineGroups.poolPart(pool),
                MachineRole.NODES,
                "nodePools[" + pool.name() + "]",
                pool.instanceTypes(),
                GroupImage.of(pool),
                pool.rootVolume(),
                new LaunchTemplates.Metadata(
                        pool.imds().tokensRequired(), pool.imds().hopLimit()),
                pool.minSize(),
                pool.maxSize(),
                subnets,
                openMachines(),
                mixed ? Optional.of(instances) : Optional.empty(),
                pool.maxLifetime(),
                false,
                Set.of(DRAIN),
                pool.extraSecurityGroups(),
                autoscalerTags(pool),
                List.of()));
    }

    private void drawBastion() {
        Set<Ref> subnets = drawing.network().subnets(SubnetRole.PUBLIC).stream()
                .map((PlannedSubnet subnet) -> NetworkResources.ref(subnet))
                .collect(Collectors.toSet());
        draw(new Group(
                "bastion",
                "bastion",
                MachineRole.BASTION,
                "access.bastion",
                List.of(spec.access().bastion().instanceType()),
                GroupImage.of(spec.access().bastion()),
                VolumeSpec.gp3(16),
                closedMetadata(),
                1,
                1,
                subnets,
                true,
                Optional.empty(),
                Optional.empty(),
                false,
                Set.of(),
                List.of(),
                Map.of(),
                List.of()));
    }

    private void draw(Group group) {
        List<ResourceAddress> after = new ArrayList<>();
        String userData = "";
        if (group.role() != MachineRole.BASTION) { // a bastion has nothing to configure, and its role may read nothing
            ScriptSet scripts = drawing.scripts(group.part());
            userData = scripts.userData();
            after.add(drawBundle(group, scripts));
            scripts.secrets().ifPresent(secrets -> after.add(new ResourceAddress(SecretBundles.KIND, group.part())));
        }
        Map<String, String> groupTags = drawing.tags(group.tags());
        Ref template =
                drawing.add(LaunchTemplates.KIND, group.name(), launchTemplate(group, userData), group.specPath());
        after.addAll(NetworkResources.waysOut(drawing));
        after.addAll(drawing.drawn(NetworkInterfaces.KIND)); // before an instance takes a member's fixed address
        after.addAll(SecurityResources.rulesOf(drawing, group.role().group()));
        drawing.drawn(IamRolePolicies.KIND).stream()
                .filter(policy -> policy.name().equals(group.role().label()))
                .forEach(after::add);
        drawing.add(new Resource(
                new ResourceAddress(AutoScalingGroups.KIND, group.name()),
                new AutoScalingGroups.AutoScalingGroup(
                        group.minSize(),
                        group.maxSize(),
                        group.subnets(),
                        template,
                        Drawing.ref(LaunchTemplates.KIND, group.name(), "version"),
                        group.mixedInstances(),
                        group.apiTarget() ? Set.of(ApiResources.targetGroup()) : Set.of(),
                        group.maxLifetime().map(Duration::toSeconds),
                        group.mixedInstances()
                                .flatMap(MixedInstances::spotStrategy)
                                .isPresent(),
                        false,
                        "EC2",
                        GRACE_SECONDS,
                        group.hooks(),
                        groupTags),
                group.specPath(),
                Set.copyOf(after),
                Set.copyOf(group.belongings())));
    }

    /** The files to which user data points. */
    private ResourceAddress drawBundle(Group group, ScriptSet scripts) {
        drawing.add(
                BucketObjects.KIND,
                group.part(),
                new BucketObjects.BucketObject(
                        Drawing.ref(Buckets.KIND, BucketResources.NAME),
                        scripts.bundleKey(),
                        Content.of(scripts.bundle())),
                group.specPath());
        return new ResourceAddress(BucketObjects.KIND, group.part());
    }

    private LaunchTemplates.LaunchTemplate launchTemplate(Group group, String userData) {
        String instanceType = group.instanceTypes().get(0);
        Set<Ref> securityGroups = new HashSet<>();
        securityGroups.add(SecurityResources.group(group.role().group()));
        group.extraSecurityGroups().forEach(id -> securityGroups.add(Ref.id(id)));
        return new LaunchTemplates.LaunchTemplate(
                drawing.surroundings().image(group.image().query()),
                instanceType,
                spec.access().sshPublicKey().map(key -> Drawing.ref(KeyPairs.KIND, SSH_KEY)),
                Drawing.ref(InstanceProfiles.KIND, group.role().label()),
                securityGroups,
                group.publicIp(),
                userData,
                rootVolume(group),
                group.metadata(),
                instanceTags(group),
                drawing.tags(Map.of(MachineRole.TAG, group.role().label())));
    }

    private Map<String, String> instanceTags(Group group) {
        Map<String, String> tags = drawing.tags(group.tags());
        tags.keySet().removeIf(key -> key.startsWith("k8s.io/cluster-autoscaler/"));
        tags.put(MachineRole.TAG, group.role().label());
        return tags;
    }

    private static LaunchTemplates.RootVolume rootVolume(Group group) {
        VolumeSpec volume = group.rootVolume();
        return new LaunchTemplates.RootVolume(
                group.image().rootDevice(),
                volume.type().name().toLowerCase(Locale.ROOT),
                volume.sizeGib(),
                Optional.of(volume.iops()),
                EtcdResources.throughput(volume),
                volume.kmsKey());
    }

    private static LaunchTemplates.Metadata closedMetadata() {
        return new LaunchTemplates.Metadata(true, 1);
    }

    private boolean openMachines() {
        return spec.network().topology() == io.k8saws.cluster.Topology.PUBLIC;
    }

    private static MixedInstances onDemand(List<String> types) {
        return new MixedInstances(types, 0, 100, Optional.empty(), Optional.empty());
    }

    private static String strategy(SpotStrategy strategy) {
        return strategy.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** How the cluster autoscaler learns of a pool, also while it has no node. */
    private Map<String, String> autoscalerTags(NodePoolSpec pool) {
        Map<String, String> tags = new TreeMap<>();
        tags.put("k8s.io/cluster-autoscaler/enabled", "true");
        tags.put("k8s.io/cluster-autoscaler/" + spec.name(), "owned");
        pool.labels().forEach((key, value) -> tags.put("k8s.io/cluster-autoscaler/node-template/label/" + key, value));
        if (pool.os() == OperatingSystem.WINDOWS) {
            tags.put("k8s.io/cluster-autoscaler/node-template/label/kubernetes.io/os", "windows");
        }
        pool.effectiveTaints().stream()
                .sorted(Comparator.comparing(
                        MachineResources::strictness)) // a tag holds one taint a key: the strictest
                .forEach(taint -> tags.put(
                        "k8s.io/cluster-autoscaler/node-template/taint/" + taint.key(),
                        taint.value() + ":" + taint.kubernetesEffect()));
        return tags;
    }

    private static int strictness(Taint taint) {
        return switch (taint.effect()) {
            case PREFER_NO_SCHEDULE -> 0;
            case NO_SCHEDULE -> 1;
            case NO_EXECUTE -> 2;
        };
    }
}
