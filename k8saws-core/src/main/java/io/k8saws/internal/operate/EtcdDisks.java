package io.k8saws.internal.operate;

import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.ConflictException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.blueprint.MachineGroups;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.resource.AutoScalingGroups;
import io.k8saws.internal.resource.BucketFiles;
import io.k8saws.internal.resource.MemberVolumes;
import io.k8saws.internal.resource.MemberVolumes.MemberVolume;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.internal.text.Sha256;
import io.k8saws.network.NetworkPlan;
import io.k8saws.network.PlannedEtcdMember;
import io.k8saws.network.WellKnownPorts;
import io.k8saws.operate.EtcdDisk;
import io.k8saws.operate.EtcdOrder;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** The disks of etcd's members, and the orders that let a member take one without data. Safe to use from many threads. */
final class EtcdDisks {
    static final String MAIN = "main";
    static final String EVENTS = "events";

    /** A machine that waits begins anew after half a minute, and is back at its disks within another. */
    private static final Duration NEXT_TRY = Duration.ofMinutes(2);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** Stands where a machine that follows an order writes its id. */
    private static final String WITHDRAWN = "withdrawn";

    private final AwsClients aws;
    private final ClusterScope scope;
    private final ClusterSpec spec;
    private final Machines machines;
    private final Sleeper sleeper;
    private final Clock clock;

    EtcdDisks(AwsClients aws, ClusterScope scope, ClusterSpec spec, Machines machines, Sleeper sleeper, Clock clock) {
        this.aws = aws;
        this.scope = scope;
        this.spec = spec;
        this.machines = machines;
        this.sleeper = sleeper;
        this.clock = clock;
    }

    EtcdDisk look(String etcd, String name) {
        List<PlannedEtcdMember> members = NetworkPlan.of(spec).etcdMembers();
        PlannedEtcdMember member = members.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> refused(
                        "Look at the disk of " + name,
                        "there is no such member",
                        "name one of "
                                + members.stream().map(PlannedEtcdMember::name).toList()));
        requireThere(etcd, name);
        List<MemberVolume> volumes = MemberVolumes.of(aws, scope, etcd, name);
        Optional<String> text = BucketFiles.read(aws, scope, key(etcd, name, "order"));
        int port = etcd.equals(MAIN) ? WellKnownPorts.ETCD_PEER : WellKnownPorts.ETCD_EVENTS_PEER;
        return new EtcdDisk(
                etcd,
                member,
                members.stream()
                        .collect(Collectors.toMap(
                                PlannedEtcdMember::name, one -> URI.create("https://" + one.address() + ":" + port))),
                volumes.stream().map(MemberVolume::id).toList(),
                volumes.stream().flatMap(one -> one.holder().stream()).findFirst(),
                status(MachineGroups.ofMember(spec, member)),
                clock.instant(),
                text.flatMap(one -> EtcdOrder.fromText(etcd, name, one)),
                text.flatMap(one -> BucketFiles.see(aws, scope, key(etcd, name, "followed/" + Sha256.hex(one))))
                        .map(BucketFiles.Seen::written));
    }

    private void requireThere(String etcd, String name) {
        if (!etcd.equals(MAIN) && (!etcd.equals(EVENTS) || spec.etcd().events().isEmpty())) {
            throw refused("Look at the disk of " + name, "it has no etcd named " + etcd, "ask for the main one");
        }
    }

    /** What the machine of a member said last; its group has one, and for a moment none. */
    private Optional<NodeStatus> status(String part) {
        String group = AutoScalingGroups.name(
                scope, Objects.requireNonNull(MachineGroups.byPart(spec).get(part)));
        return Optional.ofNullable(machines.groups().get(group))
                .flatMap(one -> one.instances().stream().sorted().findFirst())
                .flatMap(instance -> machines.status(Machines.role(part), instance));
    }

    private static String key(String etcd, String member, String name) {
        return "etcd/" + etcd + "/" + member + "/" + name;
    }

    void order(EtcdOrder order, Runnable mayChange) {
        String key = key(order.etcd(), order.member(), "order");
        Optional<BucketFiles.Seen> before = BucketFiles.see(aws, scope, key);
        EtcdDisk disk = look(order.etcd(), order.member());
        if (before.map(BucketFiles.Seen::text).equals(Optional.of(order.text()))) {
            return;
        }
        long started = sleeper.nanoTime();
        while (disk.isOnItsWay() && sleeper.nanoTime() - started < NEXT_TRY.toNanos()) {
            sleeper.sleep(PAUSE, "Wait until the machine of " + order.member() + " says how it finds its disk");
            disk = look(order.etcd(), order.member());
        }
        refusal(disk, order).ifPresent(why -> {
            throw refused(
                    "Order " + order, why, "see cluster.nodes() for where its machine is; docs/etcd.md says more");
        });
        mayChange.run();
        if (disk.followed().isEmpty()) {
            before.ifPresent(last -> withdraw(order, last.text()));
        }
        if (!BucketFiles.replace(aws, scope, key, before, order.text())) {
            throw new ConflictException(
                    "Order " + order,
                    "somebody else wrote an order at the same time",
                    "look at the object, and replace the member again",
                    Map.of("bucket", scope.bucket(), "key", key),
                    null);
        }
    }

    /**
     * Uses up an order that nobody has followed. A machine that has read it already finds that out when it wants to follow it; else it could follow the old one after the new one was written, and the new one would be
     * open for ever.
     */
    private void withdraw(EtcdOrder next, String last) {
        String key = key(next.etcd(), next.member(), "followed/" + Sha256.hex(last));
        if (!BucketFiles.writeOnce(aws, scope, key, WITHDRAWN)) {
            throw refused(
                    "Order " + next,
                    "its machine has just begun to follow the order before this one",
                    "wait until the machine says how far it came, then plan and run the replacement again");
        }
    }

    /** Why an order must not be written. Pure. */
    static Optional<String> refusal(EtcdDisk disk, EtcdOrder order) {
        Optional<EtcdOrder> last = disk.order();
        if (order.memberId().isEmpty()) {
            return Optional.of("it names no id of a member");
        }
        if (last.map(EtcdOrder::memberId).filter(order.memberId()::equals).isPresent()) {
            return Optional.of("this id was ordered before, with " + last.get().volume()
                    + ": remove the member from etcd and add it again");
        }
        if (!disk.volumes().equals(List.of(order.volume()))) {
            return Optional.of(
                    "the volumes of " + disk.member().name() + " for etcd-" + disk.etcd() + " are " + disk.volumes());
        }
        if (!List.of(order.initialCluster().split(",")).contains(order.member() + "=" + disk.peerUrl())) {
            return Optional.of("its list of members does not have " + order.member() + "=" + disk.peerUrl());
        }
        return disk.hindrance();
    }

    private K8sAwsException refused(String tried, String why, String next) {
        Map<String, String> context = new LinkedHashMap<>();
        context.put("cluster", scope.cluster());
        context.put("bucket", scope.bucket());
        return new K8sAwsException(tried, why, next, context, null);
    }
}
