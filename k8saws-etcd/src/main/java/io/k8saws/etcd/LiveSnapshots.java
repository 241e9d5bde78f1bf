package io.k8saws.etcd;

import io.k8saws.error.EtcdCallException;
import io.k8saws.error.EtcdCallException.Reason;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.backup.KubernetesFacts;
import io.k8saws.etcd.backup.SnapshotOrigin;
import io.k8saws.etcd.backup.SnapshotSink;
import io.k8saws.etcd.backup.SnapshotSource;
import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.health.MemberState;
import io.k8saws.etcd.internal.seam.EtcdCalls;
import io.k8saws.etcd.internal.seam.Ids;
import io.k8saws.etcd.internal.seam.MemberStatus;
import io.k8saws.etcd.internal.seam.StreamedSnapshot;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** Snapshots of a live etcd; the member is chosen anew for each. */
final class LiveSnapshots implements SnapshotSource {
    private static final Duration CATCH_UP = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(100);

    private final EtcdCalls calls;
    private final Supplier<EtcdHealth> health;
    private final MemberChoice choice;
    private final Supplier<KubernetesFacts> kubernetes;

    LiveSnapshots(
            EtcdCalls calls, Supplier<EtcdHealth> health, MemberChoice choice, Supplier<KubernetesFacts> kubernetes) {
        this.kubernetes = kubernetes;
        this.calls = calls;
        this.health = health;
        this.choice = choice;
    }

    @Override
    public SnapshotOrigin stream(SnapshotSink sink, Duration limit) {
        EtcdHealth seen = health.get();
        List<String> passed = new ArrayList<>();
        for (MemberHealth member : choice.all(seen)) {
            long revision = reached(member, seen.revision());
            if (revision < seen.revision()) {
                passed.add(member.member().label() + " is at revision " + revision);
                continue;
            }
            try {
                return stream(seen, member, sink, limit);
            } catch (EtcdCallException e) {
                // learners of some 3.4 send none, and say so before the first byte
                if (e.reason() != Reason.NOT_SERVED || !member.member().learner()) {
                    throw e;
                }
                passed.add(member.member().label() + " is a learner, and its version sends none");
            }
        }
        throw new K8sAwsException(
                "Stream a snapshot of etcd",
                "no member that may send it has come to revision " + seen.revision() + ": " + String.join("; ", passed),
                "try again when it has caught up, or choose another member",
                Map.of("cluster", seen.clusterId()),
                null);
    }

    /** Waits for a member that is behind what was seen a moment ago: what it sends would lack acknowledged writes. The revision that it has come to. */
    private long reached(MemberHealth member, long revision) {
        long begun = calls.pause().nanoTime();
        long has = member.state().map(MemberState::revision).orElse(0L);
        while (has < revision && calls.pause().nanoTime() - begun < CATCH_UP.toNanos()) {
            calls.pause().pause(LOOK, "Wait for member " + member.member().label() + " to catch up");
            URI endpoint = URI.create(member.endpoint());
            has = Objects.requireNonNull(calls.statuses(List.of(endpoint)).get(endpoint))
                    .answer()
                    .map(MemberStatus::revision)
                    .orElse(has);
        }
        return has;
    }

    /** Behind an address that several share, another member may have sent it than the one that was looked at. */
    static void requireSame(EtcdHealth seen, MemberHealth member, StreamedSnapshot streamed) {
        boolean otherCluster =
                streamed.clusterId() != 0 && !Ids.text(streamed.clusterId()).equals(seen.clusterId());
        boolean otherMember = streamed.memberId() != 0
                && !Ids.text(streamed.memberId()).equals(member.member().id());
        if (otherCluster || otherMember) {
            throw new K8sAwsException(
                    "Stream a snapshot of " + member.endpoint(),
                    "member " + Ids.text(streamed.memberId()) + " of cluster " + Ids.text(streamed.clusterId())
                            + " sent it, and not " + member.member().id() + " of " + seen.clusterId(),
                    "give each member's own address, not one that several share",
                    Map.of("endpoint", member.endpoint()),
                    null);
        }
    }

    private SnapshotOrigin stream(EtcdHealth seen, MemberHealth member, SnapshotSink sink, Duration limit) {
        StreamedSnapshot streamed = calls.snapshot(URI.create(member.endpoint()), sink, limit);
        requireSame(seen, member, streamed);
        return new SnapshotOrigin(
                seen.clusterId(),
                member.member().id(),
                member.member().label(),
                member.endpoint(),
                member.state().map(MemberState::version).orElse(""),
                streamed.bytes(),
                streamed.sha256());
    }

    @Override
    public KubernetesFacts kubernetes() {
        return kubernetes.get();
    }

    /** For example {@code snapshots of the member that is missed least}. */
    @Override
    public String toString() {
        return "snapshots of " + choice;
    }
}
