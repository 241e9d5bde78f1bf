package io.k8saws.internal.blueprint;

import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.resource.EventRules;
import io.k8saws.internal.resource.EventTargets;
import io.k8saws.internal.resource.Queues;
import java.util.Map;
import java.util.TreeMap;

/** A queue that takes the notices of instances that are about to end, and the rules that send them there. */
final class NoticeResources {
    private static final String QUEUE = "notices";
    private static final int QUEUE_NAME_LIMIT = 80;
    private static final int RETENTION_SECONDS = 300; // a notice is worth nothing once the instance is gone

    private NoticeResources() {}

    static String queueArn(ClusterScope scope) {
        return scope.arn("sqs", scope.hyphenated(QUEUE, QUEUE_NAME_LIMIT));
    }

    static void draw(Drawing drawing) {
        Queues.Queue queue = new Queues.Queue(RETENTION_SECONDS, true, policy(drawing.scope()), drawing.tags());
        String cause = MachineRole.NODES.specPath(drawing.spec());
        drawing.add(Queues.KIND, QUEUE, queue, cause);
        Ref queueArn = Drawing.ref(Queues.KIND, QUEUE, "arn");
        patterns().forEach((name, pattern) -> {
            Ref rule =
                    drawing.add(EventRules.KIND, name, new EventRules.EventRule(true, pattern, drawing.tags()), cause);
            drawing.add(EventTargets.KIND, name, new EventTargets.EventTarget(rule, queueArn), cause);
        });
    }

    /** The events that say that an instance is about to end (EC2 and Auto Scaling user guides, "EventBridge"). */
    private static Map<String, String> patterns() {
        Map<String, String> patterns = new TreeMap<>();
        patterns.put("lifecycle", pattern("aws.autoscaling", "EC2 Instance-terminate Lifecycle Action"));
        patterns.put("rebalance", pattern("aws.ec2", "EC2 Instance Rebalance Recommendation"));
        patterns.put("spot", pattern("aws.ec2", "EC2 Spot Instance Interruption Warning"));
        patterns.put("state-change", pattern("aws.ec2", "EC2 Instance State-change Notification"));
        return patterns;
    }

    private static String pattern(String source, String type) {
        return "{\"detail-type\":[\"" + type + "\"],\"source\":[\"" + source + "\"]}";
    }

    private static String policy(ClusterScope scope) {
        return Policies.document(Policies.allow("Events")
                .service("events.amazonaws.com", "sqs.amazonaws.com")
                .actions("sqs:SendMessage")
                .resources(queueArn(scope))
                .condition("StringEquals", "aws:SourceAccount", scope.account()));
    }
}
