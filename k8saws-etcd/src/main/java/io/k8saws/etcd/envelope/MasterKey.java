package io.k8saws.etcd.envelope;

import io.k8saws.aws.AwsAccess;
import java.util.Map;

/**
 * The key that the keys of backups are encrypted with. Each backup has a data key of its own, which lies beside it in encrypted form. Safe to use from many threads.
 */
public interface MasterKey extends AutoCloseable {
    /**
     * Makes a new data key.
     *
     * @param context what the key is for; the same must be given to open it again. Not secret
     * @return the key, to be closed after use
     */
    DataKey newDataKey(Map<String, String> context);

    /**
     * Opens a data key.
     *
     * @param keyId the id of the master key that encrypted it
     * @param encrypted the data key in encrypted form
     * @param context what it is for
     * @return the key, to be closed after use
     * @throws io.k8saws.error.K8sAwsException if this is another key, or may not be used
     */
    DataKey open(String keyId, byte[] encrypted, Map<String, String> context);

    /** Lets go of what the key needs. */
    @Override
    void close();

    /**
     * A key of AWS KMS, which never leaves KMS. Needs {@code kms:GenerateDataKey} to back up and {@code kms:Decrypt} to read.
     *
     * @param access how AWS is reached
     * @param keyId the key's id, ARN or alias
     * @return the key, to be closed by the caller
     */
    static MasterKey kms(AwsAccess access, String keyId) {
        return new KmsMasterKey(access, keyId);
    }

    /**
     * A key of yours. Whoever loses it loses all backups that were made with it.
     *
     * @param keyId its name, which is written into each backup
     * @param key 32 random bytes; copied
     * @return the key
     */
    static MasterKey of(String keyId, byte[] key) {
        return new OwnMasterKey(keyId, key);
    }
}
