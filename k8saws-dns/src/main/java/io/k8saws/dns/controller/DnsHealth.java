package io.k8saws.dns.controller;

import java.util.List;

/**
 * How a controller is. Immutable.
 *
 * @param state what it does
 * @param names how many names are wanted
 * @param waiting how many names are to be looked at or on their way to Route 53; a name that waits for something else, such as the address of a load balancer or a zone, is not among them
 * @param held how many names would go and are kept by the guard
 * @param problems what is in the way; empty when all is well
 */
public record DnsHealth(State state, int names, int waiting, int held, List<String> problems) {
    /** What a controller does. */
    public enum State {
        /** It is not started, or has been stopped. */
        STOPPED,
        /** It learns what the cluster has. */
        SYNCING,
        /** It knows the cluster, and another one leads. */
        STANDBY,
        /** It reads the zones. */
        READING,
        /** It keeps the zones in step. */
        LEADING
    }

    /** Copies the list. */
    public DnsHealth {
        problems = List.copyOf(problems);
    }

    /**
     * Whether nothing is in the way.
     *
     * @return whether there is no problem
     */
    public boolean isHealthy() {
        return problems.isEmpty() && state != State.STOPPED;
    }
}
