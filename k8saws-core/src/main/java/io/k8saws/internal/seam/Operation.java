package io.k8saws.internal.seam;

import java.util.Set;

/**
 * An AWS API action.
 *
 * @param service the service as IAM names it, for example {@code ec2}
 * @param name the action, for example {@code CreateVpc}
 */
record Operation(String service, String name) {
    /**
     * Actions that make one more resource each time they are sent, because they take neither a client token nor a name that AWS keeps unique. When their answer
     * is lost, only a look at the world tells whether to send them again.
     */
    private static final Set<String> NOT_REPEATABLE =
            Set.of("CreateVpc", "CreateSubnet", "CreateInternetGateway", "CreateDhcpOptions", "AllocateAddress");

    /** Whether the action only reads. */
    boolean reads() {
        return name.startsWith("Describe")
                || name.startsWith("Get")
                || name.startsWith("List")
                || name.startsWith("Head");
    }

    /** Whether the action makes something that has an id. */
    boolean makes() {
        return name.startsWith("Create") || name.startsWith("Allocate") || name.startsWith("Import");
    }

    /** Whether the action takes something away. */
    boolean removes() {
        return name.startsWith("Delete")
                || name.startsWith("Detach")
                || name.startsWith("Disassociate")
                || name.startsWith("Remove")
                || name.startsWith("Release")
                || name.startsWith("Revoke");
    }

    /** Whether sending the request twice has the effect of sending it once. */
    boolean repeatable() {
        return !NOT_REPEATABLE.contains(name);
    }

    @Override
    public String toString() {
        return service + ":" + name;
    }
}
