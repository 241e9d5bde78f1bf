package io.k8saws.etcd;

import io.k8saws.error.EtcdCallException;
import io.k8saws.error.EtcdCallException.Reason;
import io.k8saws.etcd.backup.SnapshotOrigin;
import io.k8saws.etcd.backup.SnapshotSink;
import io.k8saws.etcd.backup.SnapshotSource;
import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.health.MemberState;
import io.k8saws.etcd.internal.seam.EtcdCalls;
import io.k8saws.etcd.internal.seam.StreamedSnapshot;
import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;

/** Snapshots of a live etcd; the member is chosen anew for each. */
final class LiveSnapshots implements SnapshotSource {
    private final EtcdCalls calls;
    private final Supplier<EtcdHealth> health;
    private final MemberChoice choice;

    LiveSnapshots(EtcdCalls calls, Supplier<EtcdHealth> health, MemberChoice choice) {
        this.calls = calls;
        this.health = health;
        this.choice = choice;
    }

    @Override
    public SnapshotOrigin stream(SnapshotSink sink, Duration limit) {
        EtcdHealth seen = health.get();
        MemberHealth member = choice.in(seen);
        try {
            return stream(seen, member, sink, limit);
        } catch (EtcdCallException e) {
            // learners of some 3.4 send none, and say so before the first byte
            if (e.reason() != Reason.NOT_SERVED || !member.member().learner()) {
                throw e;
            }
            return stream(seen, choice.amongVoters(seen), sink, limit);
        }
    }

    private SnapshotOrigin stream(EtcdHealth seen, MemberHealth member, SnapshotSink sink, Duration limit) {
        StreamedSnapshot streamed = calls.snapshot(URI.create(member.endpoint()), sink, limit);
        return new SnapshotOrigin(
                seen.clusterId(),
                member.member().id(),
                member.member().label(),
                member.endpoint(),
                member.state().map(MemberState::version).orElse(""),
                streamed.bytes(),
                streamed.sha256());
    }

    /** For example {@code snapshots of the member that is missed least}. */
    @Override
    public String toString() {
        return "snapshots of " + choice;
    }
}
