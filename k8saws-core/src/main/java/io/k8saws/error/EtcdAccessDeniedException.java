package io.k8saws.error;

import org.jspecify.annotations.Nullable;

/** etcd refused a call because the user may not make it, or is not who it says. Another user, password or role is needed; trying again does not help. */
public final class EtcdAccessDeniedException extends EtcdCallException {
    private static final long serialVersionUID = 1L;

    private final String user;
    private final String permission;

    /**
     * Made at the seam to etcd.
     *
     * @param failure what the call was and how it failed
     * @param user the user, empty when none was given
     * @param permission what the call needs, as {@code etcdctl role grant-permission} has it, or {@code role root}
     * @param why why it failed, as a clause
     * @param cause what lies below, or null
     */
    public EtcdAccessDeniedException(
            Failure failure, String user, String permission, String why, @Nullable Throwable cause) {
        super(failure, why, hint(user, permission), cause);
        this.user = user;
        this.permission = permission;
    }

    private static String hint(String user, String permission) {
        return user.isEmpty()
                ? "give a user and a password, or a client certificate whose common name is a user with " + permission
                : "check the password of user " + user + ", and that it has " + permission + ": etcdctl user get "
                        + user;
    }

    /**
     * The user that was refused.
     *
     * @return its name; empty when none was given
     */
    public String user() {
        return user;
    }

    /**
     * What the call needs.
     *
     * @return for example {@code role root}, or {@code a role with read of the keys}
     */
    public String permission() {
        return permission;
    }
}
