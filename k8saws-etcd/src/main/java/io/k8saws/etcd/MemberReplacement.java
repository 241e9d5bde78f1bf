package io.k8saws.etcd;

import io.k8saws.Cluster;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.internal.seam.Pause;
import io.k8saws.etcd.member.ArrivingMember;
import io.k8saws.etcd.member.MemberChange;
import io.k8saws.etcd.member.MemberPlan;
import io.k8saws.etcd.member.MemberReport;
import io.k8saws.etcd.member.MemberRun;
import io.k8saws.etcd.member.MembersException;
import io.k8saws.etcd.member.MembersRefusedException;
import io.k8saws.operate.EtcdDisk;
import io.k8saws.operate.EtcdOrder;
import io.k8saws.progress.ProgressEvent;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Replaces a member of a cluster of this library whose disk is lost. Its machine starts nothing on a disk without data, and says so; this removes the member from its etcd, adds it again, without a vote, orders
 * its machine to take the disk, and gives it its vote when it has all data.
 *
 * <pre>{@code
 * MemberReplacement replacement = MemberReplacement.of(cluster, "etcd-3");
 * try (Etcd etcd = Etcd.on(cluster).build()) {
 *     MemberPlan plan = replacement.plan(etcd);
 *     System.out.println(plan);
 *     replacement.run(etcd, plan, Duration.ofMinutes(10));
 * }
 * }</pre>
 *
 * <p>Nothing is remembered but the order in the cluster's bucket: cut off anywhere, it goes on when it is planned and run again, in another process, too, and ends with as many members as before. Immutable, and good for as long
 * as the library that its cluster came from is open.
 */
public final class MemberReplacement {
    /** A machine that waits begins anew after half a minute, and is back at its disks within another. */
    private static final Duration NEXT_TRY = Duration.ofMinutes(2);

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final ClusterEtcd whose;
    private final Disks disks;

    /** The disks of the members, of which one is the member's. */
    interface Disks {
        EtcdDisk look();

        EtcdDisk of(String other);

        void order(EtcdOrder order);
    }

    MemberReplacement(ClusterEtcd whose, Disks disks) {
        this.whose = whose;
        this.disks = disks;
    }

    private static MemberReplacement of(
            ClusterEtcd whose, Cluster cluster, String member, Function<String, EtcdDisk> look) {
        return new MemberReplacement(whose, new Disks() {
            @Override
            public EtcdDisk look() {
                return look.apply(member);
            }

            @Override
            public EtcdDisk of(String other) {
                return look.apply(other);
            }

            @Override
            public void order(EtcdOrder order) {
                cluster.orderEtcdDisk(order);
            }
        });
    }

    /**
     * Replaces a member of the cluster's etcd.
     *
     * @param cluster the cluster
     * @param member the member's name, for example {@code etcd-3}
     * @return the replacement; nothing was asked yet
     */
    public static MemberReplacement of(Cluster cluster, String member) {
        return of(ClusterEtcd.main(cluster), cluster, member, cluster::etcdDisk);
    }

    /**
     * Replaces a member of the cluster's etcd for events, which is reached by {@link Etcd#onEvents}.
     *
     * @param cluster the cluster
     * @param member the member's name
     * @return the replacement; nothing was asked yet
     */
    public static MemberReplacement ofEvents(Cluster cluster, String member) {
        return of(ClusterEtcd.events(cluster), cluster, member, cluster::etcdEventsDisk);
    }

    /**
     * Plans what is left to do. Changes nothing. A machine that is between two tries is waited for, two minutes at most.
     *
     * @param etcd the member's etcd. One that was made with endpoints by hand is told from another by where its members are; give one of {@link Etcd#on} where you can
     * @return the plan; empty when the member is well
     * @throws K8sAwsException if the cluster has no such member, or the etcd is that of another cluster, or for other keys
     * @throws io.k8saws.error.EtcdCallException if no member could be asked
     */
    public MemberPlan plan(Etcd etcd) {
        return lost(etcd).plan();
    }

    private LostMember lost(Etcd etcd) {
        requireSame(etcd);
        EtcdDisk disk = settled(etcd.calls().pause());
        return new LostMember(disk, etcd.health().requireMembers());
    }

    private void requireSame(Etcd etcd) {
        etcd.origin().filter(other -> !other.equals(whose)).ifPresent(other -> {
            throw new K8sAwsException(
                    "Replace a member of " + whose,
                    "the etcd that was given is " + other,
                    "give Etcd.on(cluster), or for the etcd of events Etcd.onEvents(cluster), with the same cluster",
                    Map.of("cluster", whose.cluster()),
                    null);
        });
    }

    private EtcdDisk settled(Pause pause) {
        return settled(pause, NEXT_TRY);
    }

    private EtcdDisk settled(Pause pause, Duration most) {
        long started = pause.nanoTime();
        EtcdDisk disk = disks.look();
        while (disk.isOnItsWay() && pause.nanoTime() - started < most.toNanos()) {
            pause.pause(PAUSE, "Wait until the machine of " + disk.member().name() + " says how it finds its disk");
            disk = disks.look();
        }
        return disk;
    }

    /**
     * Does what a plan says. Before a member is added all others must be well, or have left; it waits for that until the limit. The listener that the etcd was built with hears of each step, and of what the machine says. The cluster's lock
     * is taken while the order is written.
     *
     * @param etcd the member's etcd
     * @param plan the plan
     * @param limit how long at most. A machine looks for its order every half minute
     * @return what was done; the member has all data and its vote
     * @throws MembersRefusedException if the plan has refusals, or is no longer true; nothing was changed
     * @throws MembersException if it stopped before its end; plan and run it again, and it goes on from there
     */
    public MemberReport run(Etcd etcd, MemberPlan plan, Duration limit) {
        plan.requireAllowed();
        Pause pause = etcd.calls().pause();
        long started = pause.nanoTime();
        LostMember lost = lost(etcd);
        lost.plan().requireAllowed();
        Duration left = limit.minusNanos(pause.nanoTime() - started);
        left = left.isNegative() ? Duration.ZERO : left;
        MemberChange change = lost.change();
        Watch watch = new Watch(etcd, lost.disk(), change, left);
        return new MemberRun(etcd.calls(), watch, etcd.progress(), left, watch::said)
                .run(change, plan, arriving -> order(arriving, pause));
    }

    private void order(ArrivingMember arriving, Pause pause) {
        EtcdDisk disk = settled(pause);
        boolean ordered = disk.order()
                .map(EtcdOrder::memberId)
                .filter(arriving.id()::equals)
                .isPresent();
        if (ordered) {
            return;
        }
        disk.hindrance().ifPresent(why -> {
            throw new K8sAwsException(
                    "Order " + arriving.name() + " " + arriving.id() + " to take its disk",
                    why,
                    "mend what is named, then plan and run the replacement again",
                    Map.of("cluster", whose.cluster()),
                    null);
        });
        disks.order(new EtcdOrder(
                disk.etcd(), arriving.name(), arriving.id(), disk.volumes().get(0), arriving.initialCluster()));
    }

    /** Looks at the members, and now and then at the machine, whose words are told. Used by one thread. */
    private final class Watch implements Supplier<EtcdHealth> {
        private final Etcd etcd;
        private final MemberChange change;
        private final Duration limit;
        private final long started;
        private final String member;
        private final URI peerUrl;
        private EtcdHealth seen;
        private String said;
        private long looked;

        Watch(Etcd etcd, EtcdDisk disk, MemberChange change, Duration limit) {
            this.etcd = etcd;
            this.change = change;
            this.limit = limit;
            this.started = etcd.calls().pause().nanoTime();
            this.member = disk.member().name();
            this.peerUrl = disk.peerUrl();
            this.seen = etcd.health();
            this.said = words(disk);
            this.looked = etcd.calls().pause().nanoTime();
        }

        @Override
        public EtcdHealth get() {
            if (etcd.calls().pause().nanoTime() - looked >= LOOK.toNanos()) {
                look();
                requireNoOtherLost();
                looked = etcd.calls().pause().nanoTime();
            }
            seen = etcd.health();
            stillThere().ifPresent(this::requireLost);
            return seen;
        }

        /** etcd adds nobody while another with a vote is away, and one whose disk is lost does not come back by waiting. */
        private void requireNoOtherLost() {
            boolean isToBeAdded = seen.members().stream()
                    .noneMatch(one -> one.member().peerUrls().contains(peerUrl));
            if (!isToBeAdded) {
                return;
            }
            seen.voters().stream().filter(one -> !one.answers()).forEach(one -> {
                String other = one.member().name();
                if (isLost(other)) {
                    throw new K8sAwsException(
                            "Add " + member + " again to " + whose,
                            "the disk of " + other
                                    + " is lost, too, and etcd adds nobody while another with a vote is away",
                            "replace " + other + " now, then plan and run this again",
                            Map.of("cluster", whose.cluster()),
                            null);
                }
            });
        }

        private boolean isLost(String other) {
            try {
                return disks.of(other).waits();
            } catch (K8sAwsException e) {
                return false; // it is looked for again
            }
        }

        /** Just before it is removed: what has a vote may have got its data back, and be about to start with it. Until then the machine is not asked: that is many calls. */
        private void requireLost(MemberHealth one) {
            if (one.answers()) {
                throw changed(one, "it answers again at " + one.endpoint());
            }
            if (one.member().learner() || !LostMember.removesNow(change.plan(seen))) {
                return;
            }
            EtcdDisk disk = settled(etcd.calls().pause(), atMost(NEXT_TRY));
            if (!disk.waits()) {
                throw changed(one, disk.hindrance().orElse(said));
            }
        }

        private Duration atMost(Duration wanted) {
            Duration left = limit.minusNanos(etcd.calls().pause().nanoTime() - started);
            return left.compareTo(wanted) < 0 ? left : wanted;
        }

        /** The member that is to be removed, as long as it was not. */
        private Optional<MemberHealth> stillThere() {
            return change.removed().flatMap(id -> seen.members().stream()
                    .filter(one -> one.member().id().equals(id))
                    .findFirst());
        }

        private K8sAwsException changed(MemberHealth one, String why) {
            return new K8sAwsException(
                    "Remove " + one.member().label() + " " + one.member().id() + " from " + whose,
                    why,
                    "its disk was not lost, or it is no longer; look at cluster.nodes(), then plan again",
                    Map.of("cluster", whose.cluster()),
                    null);
        }

        String said() {
            return said;
        }

        private void look() {
            EtcdDisk disk;
            try {
                disk = disks.look();
            } catch (K8sAwsException e) {
                said = "its machine cannot be seen: " + e.getMessage();
                return; // etcd's own answers are what counts
            }
            String now = words(disk);
            if (!now.equals(said)) {
                said = now;
                tell(disk);
            }
            disk.waitsForOther().ifPresent(other -> {
                throw new K8sAwsException(
                        "Start " + disk.member().name() + " of etcd-" + disk.etcd(),
                        now,
                        "replace its member of etcd-" + other
                                + ", too: its machine starts none before both may start; then plan and run this again",
                        Map.of("cluster", whose.cluster()),
                        null);
            });
        }

        private void tell(EtcdDisk disk) {
            try {
                etcd.progress()
                        .onEvent(new ProgressEvent.ComponentChanged(
                                whose.cluster(),
                                disk.member().name(),
                                said,
                                disk.status()
                                        .filter(status -> status.state() == NodeStatus.State.DONE)
                                        .isPresent()));
            } catch (RuntimeException e) {
                // a listener that throws does not disturb the work
            }
        }

        private static String words(EtcdDisk disk) {
            return disk.status().map(NodeStatus::toString).orElse("its machine has said nothing yet");
        }
    }
}
