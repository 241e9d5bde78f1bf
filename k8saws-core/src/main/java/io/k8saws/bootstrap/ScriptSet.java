package io.k8saws.bootstrap;

import java.util.List;

/**
 * All that makes a group of equal machines what they shall be: user data for the launch template, and the documents in the bucket to which it points. Immutable.
 *
 * @param part the name of the group in the bucket: {@code control-plane}, {@code control-plane-1}, {@code etcd-1}, {@code pool-general}
 * @param role what the machines become
 * @param userData what the launch template holds, before base 64: at most 16,384 bytes, without a secret
 * @param documents what must lie in the bucket before a machine starts
 * @param secrets what the machines read besides; whoever makes the keys puts them there
 */
public record ScriptSet(
        String part, NodeRole role, String userData, List<StoredDocument> documents, List<SecretFile> secrets) {
    /** Copies the lists. */
    public ScriptSet {
        documents = List.copyOf(documents);
        secrets = List.copyOf(secrets);
    }

    /** Returns the group's name, its role and the number of its documents. */
    @Override
    public String toString() {
        return part + " (" + role.label() + "): " + documents.size() + " documents, " + secrets.size() + " secrets";
    }
}
