package io.k8saws.operate;

import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.network.PlannedEtcdMember;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An etcd member's disk as it was seen: which volume it is, and whether the member's machine waits because there is no data on it. Immutable.
 *
 * @param etcd which etcd, {@code main} or {@code events}
 * @param member the member
 * @param peers where members of this etcd reach each other, by name: each member that it shall have, now and after a replacement
 * @param volumes the volumes with the member's tags; one, when all is right
 * @param holder the instance to which the volume is attached
 * @param status what the member's machine said last; empty when there is none, or it has said nothing yet
 * @param seen when all this was seen
 * @param order the last order for this disk
 * @param followed when a machine has begun to follow that order; empty when none has
 */
public record EtcdDisk(
        String etcd,
        PlannedEtcdMember member,
        Map<String, URI> peers,
        List<String> volumes,
        Optional<String> holder,
        Optional<NodeStatus> status,
        Instant seen,
        Optional<EtcdOrder> order,
        Optional<Instant> followed) {
    /** What {@code decide_start} of the machine's script says. */
    private static final Pattern LOST = Pattern.compile(
            "etcd-([a-z]+) does not start on (vol-[0-9a-f]+): .*its disk is lost\\. Replace the member.*");

    /** Steps that come after all disks were mounted. */
    private static final Set<String> MOUNTED = Set.of(
            "start-etcd",
            "wait-for-quorum",
            "record-initialised",
            "done",
            // on a machine of the control plane
            "find-api",
            "write-documents",
            "start-containerd",
            "make-certificates",
            "make-kubeconfigs",
            "start-kms",
            "start-kubelet",
            "start-control-plane",
            "wait-until-ready",
            "publish",
            "start-timers",
            "renew-join",
            "check-certificates");

    /** A machine that waits says so after each try, which it begins half a minute after the last one. */
    private static final Duration FRESH = Duration.ofMinutes(5);

    /** Checks that no part is missing, and copies the list. */
    public EtcdDisk {
        Objects.requireNonNull(etcd, "etcd");
        Objects.requireNonNull(member, "member");
        peers = Map.copyOf(peers);
        if (!peers.containsKey(member.name())) {
            throw new IllegalArgumentException("The members of etcd-" + etcd + " are " + new TreeSet<>(peers.keySet())
                    + ", and " + member.name() + " is not among them.");
        }
        volumes = List.copyOf(volumes);
        Objects.requireNonNull(holder, "holder");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(seen, "seen");
        Objects.requireNonNull(order, "order");
        Objects.requireNonNull(followed, "followed");
    }

    /**
     * Where the other members reach this one.
     *
     * @return its peer URL
     */
    public URI peerUrl() {
        return Objects.requireNonNull(peers.get(member.name()));
    }

    /**
     * Whether the machine waits, on the member's own disk, for its member to be replaced.
     *
     * @return true when an order may be written
     */
    public boolean waits() {
        return hindrance().isEmpty();
    }

    /**
     * Why no order may be written now.
     *
     * @return a clause that names machines and volumes; empty when the machine waits for one
     */
    public Optional<String> hindrance() {
        if (status.isEmpty()) {
            return Optional.of("no machine of " + member.name() + " has said anything yet");
        }
        NodeStatus said = status.get();
        Optional<Matcher> lost = lost();
        if (lost.isEmpty()) {
            return Optional.of("its machine does not say that its disk is lost: " + said);
        }
        String named = lost.get().group(1);
        String volume = lost.get().group(2);
        if (!named.equals(etcd)) {
            return Optional.of("its machine " + said.instance() + " waits for the member of etcd-" + named
                    + " first, whose disk " + volume + " is lost");
        }
        if (Duration.between(said.time(), seen).compareTo(FRESH) > 0) {
            return Optional.of("its machine " + said.instance() + " has said nothing since " + said.time()
                    + ", and that then its disk was lost");
        }
        if (isOlderThanItsOrder(said)) {
            return Optional.of("its machine " + said.instance() + " has said nothing since " + followed.orElseThrow()
                    + ", when its last order was used up");
        }
        if (!volumes.equals(List.of(volume))) {
            return Optional.of("its machine " + said.instance() + " refuses " + volume + ", and the volumes of "
                    + member.name() + " for etcd-" + etcd + " are " + volumes);
        }
        if (!holder.equals(Optional.of(said.instance()))) {
            return Optional.of("its volume " + volume + " is attached to "
                    + holder.map(one -> "instance " + one).orElse("no instance") + ", and its machine is "
                    + said.instance());
        }
        return Optional.empty();
    }

    /**
     * Another etcd of this machine whose member must be replaced, too, before the machine starts any.
     *
     * @return {@code main} or {@code events}; empty when the machine waits for no other
     */
    public Optional<String> waitsForOther() {
        return lost().map(lost -> lost.group(1)).filter(named -> !named.equals(etcd));
    }

    /**
     * Whether the machine is on its way to its disks, so that it will soon say how it finds them: one that waits begins anew every half minute.
     *
     * @return false when it has mounted its disks, or has failed since its last order was used up
     */
    public boolean isOnItsWay() {
        return status.map(said -> said.state() == NodeStatus.State.RUNNING
                        ? !MOUNTED.contains(said.step())
                        : said.state() == NodeStatus.State.FAILED && isOlderThanItsOrder(said))
                .orElse(true);
    }

    /** A machine tells times in whole seconds, and so does S3; one that waits says so again. */
    private boolean isOlderThanItsOrder(NodeStatus said) {
        return followed.filter(
                        then -> !said.time().truncatedTo(ChronoUnit.SECONDS).isAfter(then))
                .isPresent();
    }

    private Optional<Matcher> lost() {
        return status.filter(said -> said.state() == NodeStatus.State.FAILED)
                .map(said -> LOST.matcher(said.reason().replace('\n', ' ')))
                .filter(Matcher::matches);
    }

    /** For example {@code etcd-3 of etcd-main, [vol-0a1b]: etcd-3 i-0a1b failed at mount-disks: ...}. */
    @Override
    public String toString() {
        return member.name() + " of etcd-" + etcd + ", " + volumes + ": "
                + status.map(NodeStatus::toString).orElse("no machine has said anything");
    }
}
