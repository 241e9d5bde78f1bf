package io.k8saws.etcd.restore;

import io.k8saws.error.K8sAwsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One etcd of those that are restored as one.
 *
 * @param etcd its name among them; empty if it is restored alone
 * @param request what is asked for
 * @param fingerprint what the plan has read
 */
record RestorePart(String etcd, RestoreRequest request, String fingerprint) {
    NewCluster cluster() {
        return request.restore().cluster();
    }

    /** Members of several etcds have the same names. */
    String subject(MemberHost host) {
        return etcd.isEmpty() ? host.member() : etcd + "/" + host.member();
    }

    /** Whether the plan has read a file with this SHA-256. */
    boolean isOf(String sha256) {
        return fingerprint.startsWith(SnapshotRestore.beginning(sha256));
    }

    boolean isNew(HostFacts facts) {
        return facts.clusterId().equals(cluster().clusterId());
    }

    /** All of the same kind are done before the next kind begins: nothing stops before everything is prepared, no API server starts before all members are well. */
    static List<RestoreStep> steps(List<RestorePart> parts, ApiServerFence fence) {
        List<RestoreStep> steps = new ArrayList<>();
        for (RestoreStep.Kind kind : RestoreStep.Kind.values()) {
            if (kind == RestoreStep.Kind.FENCE || kind == RestoreStep.Kind.RELEASE) {
                steps.add(new RestoreStep(kind, fence.subject()));
            } else {
                parts.forEach(part ->
                        part.request().hosts().forEach(host -> steps.add(new RestoreStep(kind, part.subject(host)))));
            }
        }
        return List.copyOf(steps);
    }

    /** Each member reads the file anew, by its name: one of another file would begin with other data. */
    void requirePlanned() {
        if (!request.restore().fingerprint().equals(fingerprint)) {
            throw refused(
                    "Restore " + request.restore().snapshot(),
                    "it is not what the plan has read: the snapshot or a delta was replaced since",
                    "copy them to where nobody replaces them, and plan anew with a new token");
        }
    }

    /** Nothing is stopped before every machine has what it needs, of one restore. */
    void requirePrepared(MemberHost host, HostFacts facts) {
        if (!isNew(facts) && !facts.preparedClusterId().equals(cluster().clusterId())) {
            throw refused("Stop the old cluster", "nothing is prepared on " + host, "restore again, which prepares it");
        }
        if (!facts.restoredFrom().equals(fingerprint)) {
            throw refused(
                    "Stop the old cluster",
                    "what is prepared on " + host + " is of another restore than the plan's: " + facts.restoredFrom(),
                    "plan anew with a new token");
        }
        if (!isNew(facts) && facts.running() && !request.replacesRunning()) {
            throw refused(
                    "Stop the old cluster",
                    "etcd runs on " + host + " since the plan was made",
                    "stop it, or plan with replacingRunningMembers");
        }
    }

    /** No API server starts on an etcd that is not what was asked for, as when something has replaced a directory meanwhile. */
    void requireInPlace(MemberHost host, HostFacts facts) {
        if (!isNew(facts)) {
            throw refused(
                    "Let API servers start",
                    subject(host) + " has "
                            + (facts.clusterId().isEmpty() ? "no cluster" : "cluster " + facts.clusterId())
                            + ", and " + cluster().clusterId() + " was restored",
                    "look what has changed " + host + ", and restore anew with a new token; API servers stay stopped");
        }
    }

    private K8sAwsException refused(String tried, String why, String next) {
        return new K8sAwsException(tried, why, next, Map.of("cluster", cluster().clusterId()), null);
    }
}
