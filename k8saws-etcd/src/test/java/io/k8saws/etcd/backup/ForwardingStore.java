package io.k8saws.etcd.backup;

import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.ObjectUpload;
import io.k8saws.etcd.store.StoredObject;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Another store, of which a test changes something. */
class ForwardingStore implements BackupStore {
    private final BackupStore store;
    private Optional<Instant> now = Optional.empty();

    ForwardingStore(BackupStore store) {
        this.store = store;
    }

    /** Makes up the time of the store. */
    void setNow(Instant time) {
        now = Optional.of(time);
    }

    private Runnable beforeRead = () -> {};

    /** Does something whenever an object is about to be read. */
    void beforeRead(Runnable what) {
        beforeRead = what;
    }

    private final AtomicInteger reads = new AtomicInteger();
    private final List<String> listed = new CopyOnWriteArrayList<>();

    /** How many pieces of objects were read. */
    int reads() {
        return reads.get();
    }

    /** The keys of all objects that were listed. */
    List<String> listed() {
        return listed;
    }

    private String failing = "";

    /** Refuses the next upload below a prefix. */
    void failNext(String prefix) {
        failing = prefix;
    }

    private String damaging = "";

    /** Flips a bit of the next upload below a prefix. */
    void damageNext(String prefix) {
        damaging = prefix;
    }

    @Override
    public ObjectUpload upload(String key, long expectedBytes) {
        if (!failing.isEmpty() && key.startsWith(failing)) {
            failing = "";
            throw new K8sAwsException("Upload " + key, "the store is away", "try again");
        }
        ObjectUpload upload = store.upload(key, expectedBytes);
        if (damaging.isEmpty() || !key.startsWith(damaging)) {
            return upload;
        }
        damaging = "";
        return new Damaged(upload);
    }

    @Override
    public StoredObject put(String key, byte[] content) {
        return store.put(key, content);
    }

    @Override
    public List<StoredObject> list(String prefix) {
        List<StoredObject> objects = store.list(prefix);
        objects.forEach(object -> listed.add(object.key()));
        return objects;
    }

    @Override
    public List<String> directories(String prefix) {
        return store.directories(prefix);
    }

    @Override
    public byte[] read(StoredObject object, long offset, int length) {
        beforeRead.run();
        reads.incrementAndGet();
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
        return now.orElseGet(store::now);
    }

    @Override
    public void close() {
        store.close();
    }

    @Override
    public String toString() {
        return store.toString();
    }

    /** Flips the first bit that it gets. */
    private static final class Damaged implements ObjectUpload {
        private final ObjectUpload upload;
        private boolean done;

        Damaged(ObjectUpload upload) {
            this.upload = upload;
        }

        @Override
        public void write(ByteBuffer bytes) {
            byte[] array = new byte[bytes.remaining()];
            bytes.get(array);
            if (!done && array.length > 0) {
                array[array.length / 2] ^= 1;
                done = true;
            }
            upload.write(ByteBuffer.wrap(array));
        }

        @Override
        public StoredObject complete() {
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
    }
}
