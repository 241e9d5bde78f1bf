package io.k8saws.internal.roll;

import io.k8saws.error.KubernetesCallException;
import io.k8saws.internal.resource.LiveGroups;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.internal.seam.GuardedKubernetes;
import io.k8saws.operate.HeldPod;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** All that a roll changes. Each of these may be done twice. */
final class RollHands {
    private static final String NODES = "/api/v1/nodes/";
    private static final int CONFLICT = 409;

    /** The API server's words, such as "The disruption budget web needs 1 healthy pods and has 1 currently". */
    private static final Pattern BUDGET = Pattern.compile("disruption budget (\\S+)");

    private final AwsClients aws;
    private final GuardedKubernetes kubernetes;

    RollHands(AwsClients aws, GuardedKubernetes kubernetes) {
        this.aws = aws;
        this.kubernetes = kubernetes;
    }

    /** Lets a node take no new pods, and remembers that a roll did so. */
    void cordon(NodeView node) {
        mark(node, true, node.cordoned() ? NodeView.DRAINING_CORDONED : NodeView.DRAINING);
    }

    /** Remembers that a node's machine ends, so that the node goes when the machine is gone. */
    void markEnding(NodeView node) {
        mark(node, true, NodeView.ENDING);
    }

    /** Gives a node back as it was before the roll. */
    void giveBack(NodeView node) {
        boolean was = node.mark().equals(NodeView.DRAINING_CORDONED) || (node.cordoned() && !node.isMarked());
        mark(node, was, null);
    }

    private void mark(NodeView node, boolean cordoned, @org.jspecify.annotations.Nullable String mark) {
        Map<String, Object> annotations = new HashMap<>();
        annotations.put(NodeView.MARK, mark);
        kubernetes.merge(
                NODES + node.name(),
                Map.of(
                        "metadata", Map.of("annotations", Collections.unmodifiableMap(annotations)),
                        "spec", Map.of("unschedulable", cordoned)));
    }

    /** Removes a node whose machine is gone. */
    void forget(NodeView node) {
        kubernetes.delete(NODES + node.name(), node.uid());
    }

    /** Asks a pod to leave; tells what holds it, if something does. */
    Optional<HeldPod> evict(PodView pod) {
        try {
            kubernetes.evict(pod.namespace(), pod.name(), pod.uid());
            return Optional.empty();
        } catch (KubernetesCallException e) {
            if (e.statusCode() == CONFLICT) { // another pod has the name by now
                return Optional.empty();
            }
            String words = e.failure().causes().stream()
                    .map(KubernetesCallException.Cause::message)
                    .filter(text -> !text.isEmpty())
                    .findFirst()
                    .orElse(String.valueOf(e.getMessage()));
            boolean held = e.statusCode() == 429 || e.statusCode() >= 500 || e.statusCode() == 0;
            if (!held) {
                throw e;
            }
            Matcher budget = BUDGET.matcher(words);
            return Optional.of(new HeldPod(pod.namespace(), pod.name(), budget.find() ? budget.group(1) : "", words));
        }
    }

    void end(String instance, boolean shrink) {
        LiveGroups.end(aws, instance, shrink);
    }

    void grow(LiveGroups.Group group, LiveGroups.Growth growth) {
        LiveGroups.grow(aws, group, growth);
    }

    void settle(LiveGroups.Group group, int size) {
        LiveGroups.settle(aws, group, size);
    }
}
