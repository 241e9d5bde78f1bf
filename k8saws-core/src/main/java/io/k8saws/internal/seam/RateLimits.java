package io.k8saws.internal.seam;

import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.error.WaitTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

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

    private static final Route53Limits.Bucket READS = new Route53Limits.Bucket(100, 20);
    private static final Route53Limits.Bucket WRITES = new Route53Limits.Bucket(50, 5);

    private final ResiliencePolicy policy;
    private final LongSupplier nanos;
    private final ConcurrentMap<String, TokenBucket> buckets = new ConcurrentHashMap<>();

    RateLimits(ResiliencePolicy policy, LongSupplier nanos) {
        this.policy = policy;
        this.nanos = nanos;
    }

    /**
     * What a request takes from the buckets.
     *
     * @param operation its action
     * @param recordChanges how many records of Route 53 it changes
     * @param background whether it can wait as long as others have something to send
     */
    record Load(Operation operation, int recordChanges, boolean background) {
        /** A request that changes no records of Route 53 and that somebody waits for. */
        static Load of(Operation operation) {
            return new Load(operation, 0, false);
        }
    }

    private record Ticket(TokenBucket bucket, double number) {}

    /**
     * Waits until a request may be sent.
     *
     * @param load what it takes
     * @param sleeper lets the time pass
     * @return how long it waited
     * @throws WaitTimeoutException if its turn does not come within {@link #LONGEST_LINE}
     */
    Duration await(Load load, Sleeper sleeper) {
        if (!limited(load.operation())) {
            return Duration.ZERO;
        }
        long started = nanos.getAsLong();
        if (load.background()) {
            pass(load, sleeper, started, () -> buckets(load.operation())
                    .map(TokenBucket::untilSpare)
                    .max(Comparator.naturalOrder())
                    .orElse(Duration.ZERO));
        }
        List<Ticket> tickets = draw(load);
        return pass(load, sleeper, started, () -> tickets.stream()
                .map(ticket -> ticket.bucket().untilTurn(ticket.number()))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO));
    }

    private Duration pass(Load load, Sleeper sleeper, long started, Supplier<Duration> untilTurn) {
        Operation operation = load.operation();
        while (true) {
            Duration wait = untilTurn.get();
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
                                buckets(operation)
                                        .mapToDouble(TokenBucket::rate)
                                        .min()
                                        .orElse(0),
                                wait.toSeconds()),
                        Map.of("operation", operation.toString()));
            }
            sleeper.sleep(wait.compareTo(left) < 0 ? wait : left, "Keep " + operation + " below AWS's request rate");
        }
    }

    private List<Ticket> draw(Load load) {
        List<Ticket> tickets = new ArrayList<>();
        buckets(load.operation()).forEach(bucket -> tickets.add(new Ticket(bucket, bucket.draw(1))));
        if (load.recordChanges() > 0) {
            TokenBucket changes = recordChanges();
            tickets.add(new Ticket(changes, changes.draw(load.recordChanges())));
        }
        return tickets;
    }

    /** AWS throttled a request. Of several buckets it does not say which was empty. */
    void throttled(Load load) {
        if (limited(load.operation())) {
            buckets(load.operation()).forEach(TokenBucket::throttled);
            if (load.recordChanges() > 0) {
                recordChanges().throttled();
            }
        }
    }

    private boolean limited(Operation operation) {
        return policy.rateLimits() && !UNLIMITED.contains(operation.service());
    }

    /** The buckets that count requests of an action. */
    private Stream<TokenBucket> buckets(Operation operation) {
        if (operation.service().equals(Route53Limits.SERVICE)) {
            return Stream.of(
                    bucket(Route53Limits.SERVICE, Route53Limits.ACCOUNT),
                    bucket(operation.toString(), Route53Limits.of(operation.name())));
        }
        return Stream.of(bucket(operation.toString(), operation.reads() ? READS : WRITES));
    }

    private TokenBucket recordChanges() {
        double perSecond = policy.recordChangesPerSecond();
        return bucket(
                "route53 record changes",
                new Route53Limits.Bucket(perSecond * Route53Limits.SECONDS_OF_CHANGES_AT_ONCE, perSecond));
    }

    private TokenBucket bucket(String key, Route53Limits.Bucket size) {
        double share = policy.rateShare();
        return buckets.computeIfAbsent(
                key, unused -> new TokenBucket(Math.max(1, size.capacity() * share), size.perSecond() * share, nanos));
    }
}
