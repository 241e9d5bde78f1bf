package io.k8saws.etcd.snapshot;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Who may do what. A restore keeps all of it: where this is on, the restored cluster asks for the same passwords. Hashes of passwords are not read.
 *
 * @param enabled whether the cluster asks for users
 * @param revision grows with each change of users and roles; 0 in a cluster that never had any
 * @param users all users, by name
 * @param roles all roles, by name
 */
public record SnapshotAuth(boolean enabled, long revision, List<User> users, List<Role> roles) {
    /** Makes copies of the lists. */
    public SnapshotAuth {
        users = List.copyOf(users);
        roles = List.copyOf(roles);
    }

    /**
     * A user.
     *
     * @param name its name
     * @param roles the names of its roles
     * @param password whether it has a password; without one it comes by the common name of a certificate
     */
    public record User(String name, List<String> roles, boolean password) {
        /** Makes a copy of the list. */
        public User {
            roles = List.copyOf(roles);
        }
    }

    /**
     * A role.
     *
     * @param name its name
     * @param permissions what it may do
     */
    public record Role(String name, List<Permission> permissions) {
        /** Makes a copy of the list. */
        public Role {
            permissions = List.copyOf(permissions);
        }
    }

    /** What a permission lets one do. */
    public enum Access {
        /** Read. */
        READ,
        /** Write. */
        WRITE,
        /** Both. */
        READWRITE
    }

    /**
     * A permission on keys.
     *
     * @param access what one may do
     * @param key the key, or the first one
     * @param rangeEnd the first key beyond the range; empty for a single key, a zero byte for all keys from the first one on
     */
    @SuppressWarnings("ArrayRecordComponent") // keys are bytes; each accessor gives a copy
    public record Permission(Access access, byte[] key, byte[] rangeEnd) {
        /** Makes copies of the arrays. */
        public Permission {
            key = key.clone();
            rangeEnd = rangeEnd.clone();
        }

        @Override
        public byte[] key() {
            return key.clone();
        }

        @Override
        public byte[] rangeEnd() {
            return rangeEnd.clone();
        }

        /** For example {@code READ [/a, /b)}. */
        @Override
        public String toString() {
            String first = new String(key, StandardCharsets.UTF_8);
            if (rangeEnd.length == 0) {
                return access + " " + first;
            }
            boolean open = rangeEnd.length == 1 && rangeEnd[0] == 0;
            return access + " [" + first + ", " + (open ? "" : new String(rangeEnd, StandardCharsets.UTF_8)) + ")";
        }
    }

    /** How many users and roles there are. */
    @Override
    public String toString() {
        return "auth " + (enabled ? "on" : "off") + ", " + users.size() + " users, " + roles.size() + " roles";
    }
}
