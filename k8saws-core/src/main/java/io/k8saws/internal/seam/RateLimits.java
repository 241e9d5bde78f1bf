package io.k8saws.internal.seam;

import io.k8saws.aws.ResiliencePolicy;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/**
 * The token buckets of an account in a region. EC2 evaluates each action by itself: 100 tokens and 20 a second for reads, 50 and 5 for writes (EC2 developer
 * guide, "Request throttling"). Route 53 takes five requests a second for all actions together (Route 53 developer guide, "Quotas"). The other services
 * publish no figures; they get EC2's by action. S3, SQS and STS allow far more than is ever sent here and are not limited.
 */
final class RateLimits {
    private static final Set<String> UNLIMITED = Set.of("s3", "sqs", "sts");

    private final ResiliencePolicy policy;
    private final LongSupplier nanos;
    private final ConcurrentMap<String, TokenBucket> buckets = new ConcurrentHashMap<>();

    RateLimits(ResiliencePolicy policy, LongSupplier nanos) {
        this.policy = policy;
        this.nanos = nanos;
    }

    /**
     * Waits until a request may be sent.
     *
     * @param operation the request's action
     * @param sleeper lets the time pass
     */
    void await(Operation operation, Sleeper sleeper) {
        if (!limited(operation)) {
            return;
        }
        TokenBucket bucket = bucket(operation);
        double ticket = bucket.draw();
        for (Duration wait = bucket.untilTurn(ticket); !wait.isZero(); wait = bucket.untilTurn(ticket)) {
            sleeper.sleep(wait, "Keep " + operation + " below AWS's request rate");
        }
    }

    /** AWS throttled a request. */
    void throttled(Operation operation) {
        if (limited(operation)) {
            bucket(operation).throttled();
        }
    }

    private boolean limited(Operation operation) {
        return policy.rateLimits() && !UNLIMITED.contains(operation.service());
    }

    private TokenBucket bucket(Operation operation) {
        boolean oneForAll = operation.service().equals("route53");
        String key = oneForAll ? operation.service() : operation.toString();
        return buckets.computeIfAbsent(key, unused -> {
            double capacity = oneForAll ? 5 : operation.reads() ? 100 : 50;
            double perSecond = oneForAll ? 5 : operation.reads() ? 20 : 5;
            double share = policy.rateShare();
            return new TokenBucket(Math.max(1, capacity * share), perSecond * share, nanos);
        });
    }
}
