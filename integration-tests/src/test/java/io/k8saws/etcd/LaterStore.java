package io.k8saws.etcd;

import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.ObjectUpload;
import io.k8saws.etcd.store.StoredObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A store some hours later, as far as its clock says. */
public final class LaterStore implements BackupStore {
    private final BackupStore store;
    private final Duration later;

    /** Beside that store. */
    public LaterStore(BackupStore store, Duration later) {
        this.store = store;
        this.later = later;
    }

    @Override
    public ObjectUpload upload(String key, long expectedBytes) {
        return store.upload(key, expectedBytes);
    }

    @Override
    public StoredObject put(String key, byte[] content) {
        return store.put(key, content);
    }

    @Override
    public List<StoredObject> list(String prefix) {
        return store.list(prefix);
    }

    @Override
    public byte[] read(StoredObject object, long offset, int length) {
        return store.read(object, offset, length);
    }

    @Override
    public Optional<String> checksum(StoredObject object) {
        return store.checksum(object);
    }

    @Override
    public Optional<Instant> lockedUntil(StoredObject object) {
        return store.lockedUntil(object);
    }

    @Override
    public boolean showsLocks(StoredObject object) {
        return store.showsLocks(object);
    }

    @Override
    public void delete(StoredObject object) {
        store.delete(object);
    }

    @Override
    public int abortUnfinished(String prefix, Instant startedBefore) {
        return store.abortUnfinished(prefix, startedBefore);
    }

    @Override
    public Instant now() {
        return store.now().plus(later);
    }

    /** The store stays its owner's. */
    @Override
    public void close() {}
}
