package io.k8saws.internal.operate;

import io.fabric8.kubernetes.api.model.Node;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.operate.MachineReadiness;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What was seen of one machine, and what that says of it. Pure.
 *
 * @param part its group, as in the bucket
 * @param instance its id
 * @param launched when EC2 launched it; looked up only for one that has said nothing
 * @param said what it last said of itself
 * @param node what the API has of it
 */
record MachineSight(String part, String instance, Optional<Instant> launched, SelfReport said, Optional<Node> node) {
    /** Long enough for an image to boot and for the first fetch to succeed. */
    private static final Duration QUIET = Duration.ofMinutes(3);

    /** A step that is tried again says so twice a minute; nothing that it does takes longer than ten. */
    private static final Duration SILENT = Duration.ofMinutes(11);

    private static final String UNINITIALIZED = "node.cloudprovider.kubernetes.io/uninitialized";

    /** What follows from it at a moment. */
    MachineReadiness at(Instant now, ClusterScope scope) {
        Optional<NodeStatus> status = said.status();
        Optional<Duration> age = status.map(one -> between(one.time(), now));
        boolean done =
                status.filter(one -> one.state() == NodeStatus.State.DONE).isPresent();
        boolean ready =
                done && (isMember() || node.filter(MachineSight::isReady).isPresent());
        String state = status.map(one -> state(one, age.orElseThrow(), scope)).orElseGet(() -> nothing(now, scope));
        List<String> log = done ? List.of() : status.map(NodeStatus::log).orElse(List.of());
        return new MachineReadiness(part, instance, ready, state, log, age);
    }

    private boolean isMember() {
        return part.startsWith("etcd-");
    }

    /** A machine's clock may be a little ahead of ours. */
    private static Duration between(Instant then, Instant now) {
        Duration passed = Duration.between(then, now);
        return passed.isNegative() ? Duration.ZERO : passed;
    }

    private String state(NodeStatus status, Duration age, ClusterScope scope) {
        return switch (status.state()) {
            case DONE ->
                isMember()
                        ? "done"
                        : node.map(found -> isReady(found) ? "Ready" : "not Ready: " + why(found))
                                .orElse("done, and not a node yet");
            case RUNNING ->
                "at " + status.step() + (status.reason().isEmpty() ? "" : ": " + status.reason())
                        + (age.compareTo(SILENT) < 0
                                ? ""
                                : "; silent for " + age.toMinutes() + " min: look at its console, " + console(scope));
            case FAILED -> "failed at " + status.step() + ": " + status.reason();
        };
    }

    private String nothing(Instant now, ClusterScope scope) {
        if (said.unreadable().isPresent()) {
            return "its status cannot be read: the object " + said.unreadable().get() + " in bucket " + scope.bucket()
                    + " is not one that a machine writes. Look who wrote it, and at the machine's console, "
                    + console(scope);
        }
        Duration quiet = launched.map(then -> between(then, now)).orElse(Duration.ZERO);
        if (quiet.compareTo(QUIET) < 0) {
            return "has said nothing yet";
        }
        return "has said nothing for " + quiet.toMinutes() + " min: look at its console, " + console(scope)
                + ". If it boots, it has no way to S3, or its role, "
                + scope.iamName(Machines.role(part).label())
                + ", may not read " + "nodes/" + part + " and write status/"
                + Machines.role(part).label() + " in bucket " + scope.bucket();
    }

    private String console(ClusterScope scope) {
        return "aws ec2 get-console-output --latest --output text --region " + scope.region() + " --instance-id "
                + instance;
    }

    private static boolean isReady(Node node) {
        return !isUnknown(node)
                && node.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"));
    }

    /** No pod runs on it before the cloud controller manager has seen it. */
    private static boolean isUnknown(Node node) {
        return node.getSpec().getTaints().stream().anyMatch(taint -> UNINITIALIZED.equals(taint.getKey()));
    }

    private static String why(Node node) {
        if (isUnknown(node)) {
            return "the cloud controller manager has not seen it yet";
        }
        return node.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .map(condition -> String.valueOf(condition.getMessage()))
                .findFirst()
                .orElse("the kubelet has said nothing yet");
    }
}
