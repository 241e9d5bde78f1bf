package io.k8saws.etcd.store;

import java.nio.ByteBuffer;

/** A large object that is being written. Used by one thread. */
public interface ObjectUpload extends AutoCloseable {
    /**
     * Takes the next bytes; waits while as many parts are under way as may be.
     *
     * @param bytes the bytes from position to limit, all of which are taken
     */
    void write(ByteBuffer bytes);

    /**
     * Makes the object appear.
     *
     * @return the object
     * @throws io.k8saws.error.ConflictException if there is an object under the key already
     */
    StoredObject complete();

    /**
     * The checksum of all that was written, computed here.
     *
     * @return for a bucket what S3 calls the SHA-256 of the object, for a directory 64 hexadecimal digits; empty before it is complete
     */
    String checksum();

    /** Throws everything away unless it is complete. What cannot be thrown away now is left to {@link BackupStore#abortUnfinished}. */
    @Override
    void close();
}
