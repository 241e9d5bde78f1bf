package io.k8saws.etcd.envelope;

import io.k8saws.aws.AwsAccess;
import java.util.Map;
import java.util.Set;

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
        return kms(access, keyId, Set.of());
    }

    /**
     * A key of AWS KMS that has followed others. Backups are made with it, and opened with it or one of those, but with no other key, even if KMS would: whoever may write to the store
     * could have made such a backup with a key of theirs.
     *
     * @param access how AWS is reached
     * @param keyId the key's id, ARN or alias
     * @param earlierKeys the ARNs of the keys that earlier backups were made with, also where the alias was another key's
     * @return the key, to be closed by the caller
     */
    static MasterKey kms(AwsAccess access, String keyId, Set<String> earlierKeys) {
        return new KmsMasterKey(access, keyId, earlierKeys);
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
