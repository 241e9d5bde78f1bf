package io.k8saws.bootstrap;

import io.k8saws.internal.text.Sha256;

/**
 * A file of a machine, as it lies in its group's {@link Bundle}. Immutable.
 *
 * @param path where the machine writes it
 * @param mode its permissions in octal
 * @param content its text
 * @param sha256 the hash of the text in UTF-8
 */
public record StoredDocument(String path, String mode, String content, String sha256) {

    static StoredDocument of(NodeFile file) {
        return new StoredDocument(file.path(), file.mode(), file.content(), Sha256.hex(file.content()));
    }

    /** Returns path and hash; the content may be long. */
    @Override
    public String toString() {
        return path + " sha256:" + sha256;
    }
}
