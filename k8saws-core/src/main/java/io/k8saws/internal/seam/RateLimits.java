package io.k8saws.internal.seam;

import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.error.WaitTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/**
 * The token buckets of an account in a region. EC2 evaluates each action by itself: 100 tokens and 20 a second for reads, 50 and 5 for writes (EC2 developer
 * guide, "Request throttling"). Route 53 takes five requests a second for all actions together (Route 53 developer guide, "Quotas"). Systems Manager
 * gives GetParameters 40 a second (service quotas), the other services publish no figures; they get EC2's by action. S3, SQS and STS allow far more than is ever sent here and are not limited.
 */
final class RateLimits {
    /**
     * How long a request stands in line at most. At the slowest rate, a twentieth of AWS's, some 450 writes of one action leave in that time; at the full rate
     * 9,000.
     */
    static final Duration LONGEST_LINE = Duration.ofMinutes(30);

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
     * @return how long it waited
     * @throws WaitTimeoutException if its turn does not come within {@link #LONGEST_LINE}
     */
    Duration await(Operation operation, Sleeper sleeper) {
        if (!limited(operation)) {
            return Duration.ZERO;
        }
        TokenBucket bucket = bucket(operation);
        double ticket = bucket.draw();
        long started = nanos.getAsLong();
        while (true) {
            Duration wait = bucket.untilTurn(ticket);
            Duration waited = Duration.ofNanos(nanos.getAsLong() - started);
            if (wait.isZero()) {
                return waited;
            }
            Duration left = LONGEST_LINE.minus(waited);
            if (left.isNegative() || left.isZero()) {
                throw new WaitTimeoutException(
                        "the turn of " + operation + " below AWS's request rate",
                        waited,
                        String.format(
                                Locale.ROOT,
                                "%.2f requests a second leave, and it would be %d s more",
                                bucket.rate(),
                                wait.toSeconds()),
                        Map.of("operation", operation.toString()));
            }
            sleeper.sleep(wait.compareTo(left) < 0 ? wait : left, "Keep " + operation + " below AWS's request rate");
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
