package io.k8saws.benchmarks;

import java.util.Map;

/**
 * How long AWS's own token buckets make a number of calls take at least, if nothing else took any time. EC2 evaluates each action by itself: 100 tokens and 20
 * more a second for reads, 50 and 5 for the others (EC2 developer guide, "Request throttling"). Services that publish no figures are taken to have these, too;
 * S3, SQS and STS are taken to have no limit.
 */
final class AccountLimits {
    private AccountLimits() {}

    /** The slowest operation and its time. */
    record Bound(String operation, int calls, double seconds) {}

    /** The bound for calls by operation, as {@code service:Operation}. */
    static Bound of(Map<String, Integer> calls) {
        Bound bound = new Bound("none", 0, 0);
        for (Map.Entry<String, Integer> entry : calls.entrySet()) {
            double seconds = seconds(entry.getKey(), entry.getValue());
            if (seconds > bound.seconds()) {
                bound = new Bound(entry.getKey(), entry.getValue(), seconds);
            }
        }
        return bound;
    }

    private static double seconds(String operation, int calls) {
        if (operation.startsWith("s3:") || operation.startsWith("sqs:") || operation.startsWith("sts:")) {
            return 0;
        }
        String action = operation.substring(operation.indexOf(':') + 1);
        boolean reads = action.startsWith("Describe") || action.startsWith("Get") || action.startsWith("List");
        return Math.max(0, reads ? (calls - 100) / 20.0 : (calls - 50) / 5.0);
    }
}
