package io.k8saws.etcd;

import io.k8saws.etcd.delta.ChangeSource;
import io.k8saws.etcd.delta.KeyChange;
import io.k8saws.etcd.internal.seam.Entry;
import java.time.Duration;
import java.util.Optional;

/** The changes of a live etcd. */
record LiveChanges(Etcd etcd) implements ChangeSource {
    @Override
    public String clusterId() {
        return etcd.health().requireMembers().clusterId();
    }

    @Override
    public long revision() {
        return etcd.revision();
    }

    @Override
    public void watch(long fromRevision, Duration limit, Sink sink) {
        etcd.watch(
                "",
                fromRevision,
                limit,
                events -> sink.accept(
                        events.clusterId(),
                        events.revision(),
                        events.events().stream().map(LiveChanges::change).toList()));
    }

    private static KeyChange change(KeyEvents.KeyEvent event) {
        Entry key = event.key().entry(); // a change copies what it is given, and once is enough of large values
        return event.deleted()
                ? KeyChange.delete(key.key())
                : KeyChange.put(key.key(), key.value(), key.createRevision(), key.version(), key.lease());
    }

    @Override
    public Optional<Duration> leaseLife(long id) {
        return etcd.leaseLife(id);
    }

    /** Of which etcd. */
    @Override
    public String toString() {
        return "changes of " + etcd;
    }
}
