package io.k8saws.etcd.backup;

import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.ObjectUpload;
import io.k8saws.etcd.store.StoredObject;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** A store that begins no call any more when the time for a piece of work is over. Each call has a deadline of its own, so that is when the work ends, but for one call. */
final class TimedStore implements BackupStore {
    private final BackupStore store;
    private final String work;
    private final Duration limit;
    private final LongSupplier nanoTime;
    private final long started;

    TimedStore(BackupStore store, String work, Duration limit, LongSupplier nanoTime) {
        this(store, work, limit, nanoTime, nanoTime.getAsLong());
    }

    private TimedStore(BackupStore store, String work, Duration limit, LongSupplier nanoTime, long started) {
        this.store = store;
        this.work = work;
        this.limit = limit;
        this.nanoTime = nanoTime;
        this.started = started;
    }

    /** Another store, for the same time. */
    TimedStore alike(BackupStore other) {
        return new TimedStore(other, work, limit, nanoTime, started);
    }

    /** Throws when the time of a store is over; nothing if it has none. For what happens between its calls. */
    static Runnable pulse(BackupStore store) {
        return store instanceof TimedStore timed ? timed::inTime : () -> {};
    }

    private BackupStore inTime() {
        if (nanoTime.getAsLong() - started >= limit.toNanos()) {
            throw new WaitTimeoutException(
                    work,
                    limit,
                    "it had not ended",
                    "give it more time, or look at the way to the store; what is complete in it stays",
                    Map.of("store", store.toString()));
        }
        return store;
    }

    @Override
    public ObjectUpload upload(String key, long expectedBytes) {
        ObjectUpload upload = inTime().upload(key, expectedBytes);
        return new ObjectUpload() {
            @Override
            public void write(ByteBuffer bytes) {
                inTime();
                upload.write(bytes);
            }

            @Override
            public StoredObject complete() {
                inTime();
                return upload.complete();
            }

            @Override
            public String checksum() {
                return upload.checksum();
            }

            @Override
            public void close() {
                upload.close();
            }
        };
    }

    @Override
    public StoredObject put(String key, byte[] content) {
        return inTime().put(key, content);
    }

    @Override
    public List<StoredObject> list(String prefix) {
        return inTime().list(prefix);
    }

    @Override
    public List<String> directories(String prefix) {
        return inTime().directories(prefix);
    }

    @Override
    public Optional<StoredObject> find(String key) {
        return inTime().find(key);
    }

    @Override
    public byte[] read(StoredObject object, long offset, int length) {
        return inTime().read(object, offset, length);
    }

    @Override
    public Optional<String> checksum(StoredObject object) {
        return inTime().checksum(object);
    }

    @Override
    public Optional<Instant> lockedUntil(StoredObject object) {
        return inTime().lockedUntil(object);
    }

    @Override
    public boolean showsLocks(StoredObject object) {
        return inTime().showsLocks(object);
    }

    @Override
    public void delete(StoredObject object) {
        inTime().delete(object);
    }

    @Override
    public int abortUnfinished(String prefix, Instant startedBefore) {
        return inTime().abortUnfinished(prefix, startedBefore);
    }

    @Override
    public Instant now() {
        return inTime().now();
    }

    @Override
    public void close() {
        store.close();
    }

    @Override
    public String toString() {
        return store.toString();
    }
}
