package io.k8saws.etcd.store;

import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Keeps objects under keys. A key is written once: what is there is never written over, and appears whole or not at all. Where a bucket keeps versions, the oldest version of
 * a key is the object, because only a later one can be somebody else's. Keys are names of letters, digits, {@code . _ -}, divided by slashes. Safe to use from many threads.
 *
 * <p>Every call has a deadline. What S3 refuses is an {@link io.k8saws.error.AwsCallException}; what a disk refuses is a {@link io.k8saws.error.K8sAwsException}.
 */
public interface BackupStore extends AutoCloseable {
    /**
     * Begins to write a large object, of which nothing is seen before it is complete.
     *
     * @param key the key
     * @param expectedBytes how large it will be, about; it decides the size of parts
     * @return the upload, to be closed by the caller
     */
    ObjectUpload upload(String key, long expectedBytes);

    /**
     * Writes a small object.
     *
     * @param key the key
     * @param content all bytes, at most a few MiB
     * @return the object; also when the very same bytes are there already
     * @throws io.k8saws.error.ConflictException if there is another object under the key
     */
    StoredObject put(String key, byte[] content);

    /**
     * The objects whose keys begin with a prefix.
     *
     * @param prefix the beginning of keys; empty for all
     * @return the objects in the order of their keys
     */
    List<StoredObject> list(String prefix);

    /**
     * The names that follow a prefix in keys of objects, up to the next slash: what is in a directory, without looking into what is in that.
     *
     * @param prefix the beginning of keys, which ends with a slash
     * @return the names of directories, without slashes, in order
     */
    default List<String> directories(String prefix) {
        return list(prefix).stream()
                .map(object -> object.key().substring(prefix.length()))
                .filter(rest -> rest.contains("/"))
                .map(rest -> rest.substring(0, rest.indexOf('/')))
                .distinct()
                .sorted()
                .toList();
    }

    /**
     * Looks for one object.
     *
     * @param key the key
     * @return the object, or empty
     */
    default Optional<StoredObject> find(String key) {
        return list(key).stream().filter(object -> object.key().equals(key)).findFirst();
    }

    /**
     * Reads a part of an object.
     *
     * @param object the object
     * @param offset where to begin, 0 or more
     * @param length how many bytes, above 0
     * @return exactly that many bytes
     * @throws io.k8saws.error.K8sAwsException if it is not there any more, or is shorter
     */
    byte[] read(StoredObject object, long offset, int length);

    /**
     * Reads a whole small object.
     *
     * @param object the object
     * @return all its bytes
     */
    default byte[] read(StoredObject object) {
        return object.bytes() == 0 ? new byte[0] : read(object, 0, Math.toIntExact(object.bytes()));
    }

    /**
     * The checksum that the store itself has of an object, in the form of {@link ObjectUpload#checksum()}.
     *
     * @param object the object
     * @return the checksum; empty if the store has none
     */
    Optional<String> checksum(StoredObject object);

    /**
     * Until when the object cannot be deleted.
     *
     * @param object the object
     * @return the end of its retention, by S3's object lock; {@link Instant#MAX} for a legal hold, which has no end; empty if it is not locked
     */
    Optional<Instant> lockedUntil(StoredObject object);

    /**
     * Whether {@link #lockedUntil} can be believed when it is empty: S3 shows locks and holds to those alone who may read them.
     *
     * @param object the object
     * @return false if the object may be locked, and whoever asks may not see it
     */
    default boolean showsLocks(StoredObject object) {
        return true;
    }

    /**
     * Deletes an object with all its versions. That it is gone already is fine.
     *
     * @param object the object
     */
    void delete(StoredObject object);

    /**
     * Throws away what uploads have left that were cut off. What others have begun elsewhere in the store stays.
     *
     * @param prefix only uploads of keys that begin with this; empty for all
     * @param startedBefore only uploads that began before this; those that may still be under way must stay
     * @return how many there were
     */
    int abortUnfinished(String prefix, Instant startedBefore);

    /**
     * The time by the store's own clock, which dates its objects.
     *
     * @return now
     */
    Instant now();

    /** Lets go of connections and threads. */
    @Override
    void close();

    /**
     * A directory of this machine. Its file system must know hard links, which is how an object appears whole or not at all.
     *
     * @param root the directory; made when it is not there
     * @return the store
     */
    static BackupStore directory(Path root) {
        return new DirectoryStore(root);
    }

    /**
     * A bucket of S3.
     *
     * @param access how AWS is reached
     * @param location the bucket, and how objects are kept there
     * @return the store, to be closed by the caller
     */
    static BackupStore s3(AwsAccess access, S3Location location) {
        return s3(
                access,
                access.endpoint().isPresent() ? ResiliencePolicy.defaults().forEmulator() : ResiliencePolicy.defaults(),
                location);
    }

    /**
     * A bucket of S3.
     *
     * @param access how AWS is reached
     * @param policy how patiently; each part of a large object is a call of its own
     * @param location the bucket, and how objects are kept there
     * @return the store, to be closed by the caller
     */
    static BackupStore s3(AwsAccess access, ResiliencePolicy policy, S3Location location) {
        return new S3Store(access, policy, location);
    }
}
