package io.k8saws.bootstrap;

import io.k8saws.internal.text.Sha256;
import java.util.List;
import java.util.Optional;

/**
 * All that makes a group of equal machines what they shall be: user data for the launch template, and the bundle in the bucket to which it points. Immutable.
 *
 * @param part the name of the group in the bucket: {@code control-plane}, {@code control-plane-1}, {@code etcd-1}, {@code pool-general}
 * @param role what the machines become
 * @param userData what the launch template holds, before base 64: at most 16,384 bytes, without a secret
 * @param documents the machines' files, without secrets
 * @param bundle the text of all documents together, which must lie in the bucket before a machine starts, under {@link #bundleKey()}
 * @param secrets what the machines read besides; empty for those that need none
 */
public record ScriptSet(
        String part,
        NodeRole role,
        String userData,
        List<StoredDocument> documents,
        String bundle,
        Optional<MachineSecrets> secrets) {
    /** Copies the list. */
    public ScriptSet {
        documents = List.copyOf(documents);
    }

    /**
     * Returns the key of the bundle in the bucket. It carries the hash of the bundle.
     *
     * @return {@code nodes/<part>/<SHA-256 as 64 hexadecimal digits>}
     */
    public String bundleKey() {
        return "nodes/" + part + "/" + Sha256.hex(bundle);
    }

    /** Returns the group's name, its role and the numbers of its files. */
    @Override
    public String toString() {
        return part + " (" + role.label() + "): " + documents.size() + " documents, "
                + secrets.map(set -> set.files().size()).orElse(0) + " secrets";
    }
}
