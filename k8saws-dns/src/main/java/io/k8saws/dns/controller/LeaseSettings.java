package io.k8saws.dns.controller;

import java.time.Duration;

/**
 * The Lease by which several controllers agree on the one that writes. Immutable.
 *
 * @param namespace where the Lease is
 * @param name its name
 * @param identity who stands for election: different for each controller, such as the pod's name
 * @param duration how long a leader that is not heard of stays leader
 * @param renewDeadline after how long without success a leader gives up; shorter
 * @param retryPeriod how often each tries; shorter still
 */
public record LeaseSettings(
        String namespace,
        String name,
        String identity,
        Duration duration,
        Duration renewDeadline,
        Duration retryPeriod) {
    /** Checks the order of the spans. */
    public LeaseSettings {
        if (duration.compareTo(renewDeadline) <= 0 || renewDeadline.compareTo(retryPeriod) <= 0) {
            throw new IllegalArgumentException("A lease lasts longer than its renewal may take, and that longer than a"
                    + " pause, got " + duration + ", " + renewDeadline + " and " + retryPeriod + ".");
        }
    }

    /**
     * Kubernetes' own spans: 15 s, 10 s and 2 s.
     *
     * @param namespace where the Lease is
     * @param name its name
     * @param identity who stands for election
     * @return the settings
     */
    public static LeaseSettings of(String namespace, String name, String identity) {
        return new LeaseSettings(
                namespace, name, identity, Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
    }
}
