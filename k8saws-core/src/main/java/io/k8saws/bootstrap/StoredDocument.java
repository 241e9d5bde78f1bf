package io.k8saws.bootstrap;

import io.k8saws.internal.text.Sha256;

/**
 * A file of a machine as it lies in the cluster's bucket, under a key that carries its hash. Immutable.
 *
 * @param key the object's key
 * @param path where the machine writes it
 * @param mode its permissions in octal
 * @param content its text
 * @param sha256 the hash of the text in UTF-8
 */
public record StoredDocument(String key, String path, String mode, String content, String sha256) {

    static StoredDocument of(String part, NodeFile file) {
        String hash = Sha256.hex(file.content());
        return new StoredDocument("nodes/" + part + "/" + hash, file.path(), file.mode(), file.content(), hash);
    }

    /** Returns path and hash; the content may be long. */
    @Override
    public String toString() {
        return path + " sha256:" + sha256;
    }
}
