package io.k8saws.testkit.fault;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong between a program and AWS: an immutable description that a {@link FaultyHttpClient} carries out.
 *
 * <pre>{@code
 * Faults faults = Faults.none()
 *         .throttle(1.0 / 3)
 *         .consistentAfterSightings(2)
 *         .when(call -> call.service().equals("ec2"), ec2 -> ec2.delay(Duration.ofMillis(50)))
 *         .killAfter(17);
 * }</pre>
 *
 * <p>Faults act in the order in which they were added. The first that answers in the service's place, breaks the connection or
 * ends the run wins. Every error has the shape and the code of the service that was asked.
 *
 * <p>Shares are drawn from a seed: the same seed and the same sequence of calls of an operation give the same faults, on any number of
 * threads. The seed is in {@link #toString()} and in the message of every injected fault. Without {@link #seed(long)} it comes from
 * the system property {@code k8saws.faults.seed}, and without that it is random.
 *
 * <p>Thread-safe.
 */
public final class Faults {
    /** The system property that sets the seed of descriptions that do not set their own. */
    public static final String SEED_PROPERTY = "k8saws.faults.seed";

    /** How far a request's time may be from the server's before AWS refuses it. Source: the Signature Version 4 reference. */
    private static final Duration TOLERATED_SKEW = Duration.ofMinutes(5);

    /** A black hole that nobody gives up on says so after this time instead of blocking a build for ever. */
    private static final Duration BLACK_HOLE_LIMIT = Duration.ofMinutes(5);

    private static final DateTimeFormatter SIGNING_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final long seed;
    private final List<Fault> faults;
    private final List<Delayed> delayed;
    private final Duration serverAhead;

    private Faults(long seed, List<Fault> faults, List<Delayed> delayed, Duration serverAhead) {
        this.seed = seed;
        this.faults = List.copyOf(faults);
        this.delayed = List.copyOf(delayed);
        this.serverAhead = serverAhead;
    }

    /**
     * No faults: calls are only counted.
     *
     * @return the empty description, with a seed from the system property or from chance
     */
    public static Faults none() {
        Long given = Long.getLong(SEED_PROPERTY);
        long seed = given == null ? new SplittableRandom().nextLong(1, 1_000_000_000L) : given;
        return new Faults(seed, List.of(), List.of(), Duration.ZERO);
    }

    /**
     * Sets the seed that shares are drawn from.
     *
     * @param seed any number
     * @return a copy with that seed
     */
    public Faults seed(long seed) {
        return new Faults(seed, faults, delayed, serverAhead);
    }

    /**
     * The seed that shares are drawn from.
     *
     * @return the seed
     */
    public long seed() {
        return seed;
    }

    /**
     * Throttles a share of the calls, each with its service's own error: {@code RequestLimitExceeded} (503) from EC2,
     * {@code Throttling} (400) from IAM, Auto Scaling, load balancing, STS and Route 53, {@code ThrottlingException} (400) from
     * JSON services, {@code SlowDown} (503) from S3. The request does not reach the service.
     *
     * @param share from 0 (none) to 1 (all)
     * @return a copy with this fault
     * @throws IllegalArgumentException if the share is not between 0 and 1
     */
    public Faults throttle(double share) {
        return with("throttle", share, rejecting("throttled", seen -> seen.protocol()
                .throttled()));
    }

    /**
     * Answers a share of the calls with a server error. The request does not reach the service.
     *
     * @param share from 0 (none) to 1 (all)
     * @param status 500 or 503
     * @return a copy with this fault
     * @throws IllegalArgumentException if the share is not between 0 and 1, or the status is another one
     */
    public Faults fail(double share, int status) {
        if (status != 500 && status != 503) {
            throw new IllegalArgumentException(
                    "Describe a server error: the status is neither 500 nor 503. Give one of the two. [status=" + status
                            + "]");
        }
        return with("answer " + status, share, rejecting("failed", seen -> seen.protocol()
                .failed(status)));
    }

    /**
     * Delays every call before it is sent.
     *
     * @param time how long, such as 50 ms
     * @return a copy with this fault
     * @throws IllegalArgumentException if the time is negative
     */
    public Faults delay(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException(
                    "Describe a delay: it is negative. Give zero or more. [time=" + time + "]");
        }
        return with("delay " + time.toMillis() + " ms", 1, new Effect() {
            @Override
            public @Nullable AwsError before(Exchange exchange) throws IOException {
                exchange.pause(time);
                return null;
            }
        });
    }

    /**
     * Breaks the connection of a share of the calls before the request is sent: the service has not seen it.
     *
     * @param share from 0 (none) to 1 (all)
     * @return a copy with this fault
     * @throws IllegalArgumentException if the share is not between 0 and 1
     */
    public Faults cutBeforeSent(double share) {
        return with("cut before sent", share, new Effect() {
            @Override
            public @Nullable AwsError before(Exchange exchange) throws IOException {
                throw new IOException(exchange.injected("the connection broke before the request was sent"));
            }
        });
    }

    /**
     * Breaks the connection of a share of the calls after the service has served the request: the change is made, the caller
     * does not know.
     *
     * @param share from 0 (none) to 1 (all)
     * @return a copy with this fault
     * @throws IllegalArgumentException if the share is not between 0 and 1
     */
    public Faults cutAfterServed(double share) {
        return with("cut after served", share, new Effect() {
            @Override
            public void after(Exchange exchange) throws IOException {
                throw new IOException(exchange.injected("the connection broke after the request was served"));
            }
        });
    }

    /**
     * Lets a share of the calls wait for an answer that never comes, until the SDK's own timeout or an interrupt ends them. When nobody
     * gives up within five minutes, the call fails and says that it has no deadline.
     *
     * @param share from 0 (none) to 1 (all)
     * @return a copy with this fault
     * @throws IllegalArgumentException if the share is not between 0 and 1
     */
    public Faults blackHole(double share) {
        return with("black hole", share, new Effect() {
            @Override
            public @Nullable AwsError before(Exchange exchange) throws IOException {
                exchange.pause(BLACK_HOLE_LIMIT);
                throw new IOException(exchange.injected("nobody gave this call up within " + BLACK_HOLE_LIMIT
                        + ", so it has no deadline. Set apiCallTimeout or apiCallAttemptTimeout"));
            }
        });
    }

    /**
     * Lets something else happen at the n-th call, before the request is sent: what another program does just then.
     *
     * @param call which call, from 1. Inside {@link #when} only the calls that pass its condition count
     * @param other what happens; runs on the thread that makes the call, which waits for its end
     * @return a copy with this fault
     * @throws IllegalArgumentException if the number is below 1
     */
    public Faults meanwhile(int call, Runnable other) {
        requirePositive("call", call);
        return with("something else before call " + call, 1, new Effect() {
            @Override
            public @Nullable AwsError before(Exchange exchange) {
                if (exchange.ordinal() == call) {
                    other.run();
                }
                return null;
            }
        });
    }

    /**
     * Kills the run at the n-th call, before the service has seen the request. See {@link RunKilledError}.
     *
     * @param call which call, from 1. Inside {@link #when} only the calls that pass its condition count
     * @return a copy with this fault
     * @throws IllegalArgumentException if the number is below 1
     */
    public Faults killBefore(int call) {
        requirePositive("call", call);
        return with("kill before call " + call, 1, new Effect() {
            @Override
            public @Nullable AwsError before(Exchange exchange) {
                if (exchange.ordinal() == call) {
                    throw exchange.kill("the run was killed before the request was sent");
                }
                return null;
            }
        });
    }

    /**
     * Kills the run at the n-th call, after the service has served the request: the change is made, the caller is dead. See
     * {@link RunKilledError}.
     *
     * @param call which call, from 1. Inside {@link #when} only the calls that pass its condition count
     * @return a copy with this fault
     * @throws IllegalArgumentException if the number is below 1
     */
    public Faults killAfter(int call) {
        requirePositive("call", call);
        return with("kill after call " + call, 1, new Effect() {
            @Override
            public void after(Exchange exchange) {
                if (exchange.ordinal() == call) {
                    throw exchange.kill("the run was killed after the request was served");
                }
            }
        });
    }

    /**
     * Denies actions, as a missing IAM permission does: {@code UnauthorizedOperation} (403) from EC2, {@code AccessDenied} (403)
     * from the XML services, {@code AccessDeniedException} (400) from JSON services. The message names the action.
     *
     * @param actions service and operation as in {@link AwsCall#name()}; {@code *} stands for any text, as in {@code ec2:Create*}
     * @return a copy with this fault
     */
    public Faults deny(String... actions) {
        Pattern denied = Pattern.compile(Stream.of(actions)
                .map(action ->
                        Stream.of(action.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")))
                .collect(Collectors.joining("|")));
        Effect effect =
                rejecting("denied", seen -> seen.protocol().denied(seen.call().name()));
        return add(new Fault(
                "deny " + String.join(", ", actions),
                call -> denied.matcher(call.name()).matches(),
                1,
                effect));
    }

    /**
     * Refuses every call with an error of your choice, in the shape of the service that was asked. Use it within {@link #when}, as for a quota:
     *
     * <pre>{@code
     * Faults.none().when(call -> call.name().equals("ec2:CreateVpc"), ec2 -> ec2.refuse("VpcLimitExceeded", 400, "The maximum number of VPCs has been reached."))
     * }</pre>
     *
     * @param code AWS's error code
     * @param status the HTTP status, from 400 to 599
     * @param message AWS's words
     * @return a copy with this fault
     * @throws IllegalArgumentException if the status is none of an error
     */
    public Faults refuse(String code, int status, String message) {
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException(
                    "Describe a refusal: the status is none of an error. Give 400 to 599. [status=" + status + "]");
        }
        return with("refuse with " + code, 1, rejecting(code, seen -> new AwsError(code, status, message)));
    }

    /**
     * Answers every call as AWS does when the session token has run out: {@code RequestExpired} from EC2, {@code ExpiredToken} from the
     * XML services, {@code ExpiredTokenException} from JSON services.
     *
     * @return a copy with this fault
     */
    public Faults expiredToken() {
        return with("expired token", 1, rejecting("token expired", seen -> seen.protocol()
                .tokenExpired()));
    }

    /**
     * Sets the service's clock apart from this machine's. A request whose signing time is more than five minutes from the service's
     * clock is refused ({@code RequestExpired} from EC2, {@code RequestTimeTooSkewed} from S3, {@code SignatureDoesNotMatch} from
     * XML services, {@code InvalidSignatureException} from JSON services); the answer's Date header shows the service's clock, so that an
     * SDK that corrects itself gets through. The AWS SDK keeps such a correction for the whole JVM, not for one client.
     *
     * @param serverAhead how far the service's clock is ahead of this machine's; negative for behind
     * @return a copy with this fault
     */
    public Faults clockSkew(Duration serverAhead) {
        Effect effect = new Effect() {
            @Override
            public @Nullable AwsError before(Exchange exchange) {
                Instant server = Clock.systemUTC().instant().plus(serverAhead);
                Instant signed = signingTime(exchange.seen().signedAt(), server);
                return Duration.between(signed, server).abs().compareTo(TOLERATED_SKEW) > 0
                        ? worded(
                                exchange,
                                "clock skewed",
                                exchange.seen().protocol().clockSkewed())
                        : null;
            }
        };
        Faults skewed = with("clock skew " + serverAhead, 1, effect);
        return new Faults(seed, skewed.faults, delayed, serverAhead);
    }

    /**
     * Makes the service eventually consistent: the first calls that would see what was just created do not. A call that names it is
     * refused with the service's own not-found error ({@code InvalidVpcID.NotFound}, {@code NoSuchEntity}, ...) and does not reach the
     * service; a list leaves it out. Each such call counts as one sighting.
     *
     * <p>Covers what EC2, IAM, Auto Scaling, load balancing, S3 (buckets), SQS and EventBridge create. Route 53 records and S3 objects are
     * strongly consistent in AWS and stay so.
     *
     * @param sightings how many calls do not see a new thing, from 1
     * @return a copy with this fault
     * @throws IllegalArgumentException if the number is below 1
     */
    public Faults consistentAfterSightings(int sightings) {
        requirePositive("sightings", sightings);
        return consistent(new Delayed(call -> true, sightings, Duration.ZERO));
    }

    /**
     * Makes the service eventually consistent: what was just created is not seen for a time. See
     * {@link #consistentAfterSightings(int)}.
     *
     * @param time how long after the create call has returned
     * @return a copy with this fault
     * @throws IllegalArgumentException if the time is zero or negative
     */
    public Faults consistentAfter(Duration time) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException(
                    "Describe eventual consistency: the time is not positive. Give more than zero. [time=" + time
                            + "]");
        }
        return consistent(new Delayed(call -> true, 0, time));
    }

    /**
     * Adds faults that only hit some calls.
     *
     * @param calls the calls, by service, operation, region or number
     * @param faults adds faults to an empty description
     * @return a copy with these faults
     */
    public Faults when(Predicate<? super AwsCall> calls, UnaryOperator<Faults> faults) {
        Faults scoped = faults.apply(new Faults(seed, List.of(), List.of(), Duration.ZERO));
        List<Fault> narrowed = scoped.faults.stream()
                .map(fault -> new Fault(
                        fault.name() + " (some calls)",
                        call -> calls.test(call) && fault.calls().test(call),
                        fault.share(),
                        fault.effect()))
                .toList();
        List<Delayed> narrowedDelayed = scoped.delayed.stream()
                .map(delay -> new Delayed(
                        call -> calls.test(call) && delay.calls().test(call), delay.sightings(), delay.time()))
                .toList();
        return and(new Faults(seed, narrowed, narrowedDelayed, scoped.serverAhead));
    }

    /**
     * Adds the faults of another description after those of this one.
     *
     * @param others the faults to add; their seed is not used
     * @return a copy with both
     */
    public Faults and(Faults others) {
        return new Faults(
                seed,
                Stream.concat(faults.stream(), others.faults.stream()).toList(),
                Stream.concat(delayed.stream(), others.delayed.stream()).toList(),
                others.serverAhead.isZero() ? serverAhead : others.serverAhead);
    }

    /**
     * The seed and the faults in the order in which they act.
     *
     * @return one line
     */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        parts.add("seed=" + seed);
        for (Fault fault : faults) {
            parts.add(
                    fault.share() < 1
                            ? String.format(Locale.ROOT, "%s %.0f%%", fault.name(), fault.share() * 100)
                            : fault.name());
        }
        for (Delayed delay : delayed) {
            parts.add("consistent after "
                    + (delay.sightings() > 0
                            ? delay.sightings() + " sightings"
                            : delay.time().toMillis() + " ms"));
        }
        return "Faults" + parts;
    }

    List<Fault> list() {
        return faults;
    }

    List<Delayed> delayed() {
        return delayed;
    }

    Duration serverAhead() {
        return serverAhead;
    }

    /** Whether a fault hits the given call. Depends on nothing but its arguments and the seed, not on threads. */
    boolean hits(int fault, String name, int ordinalOfName) {
        double share = faults.get(fault).share();
        return share >= 1
                || (share > 0
                        && new SplittableRandom(Objects.hash(seed, fault, name, ordinalOfName) * 0x9E3779B97F4A7C15L)
                                        .nextDouble()
                                < share);
    }

    private Faults with(String name, double share, Effect effect) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("Describe the fault " + name
                    + ": its share of the calls is not between 0 and 1. Give 0.33 for a third. [share=" + share + "]");
        }
        return add(new Fault(name, call -> true, share, effect));
    }

    private Faults add(Fault fault) {
        return new Faults(seed, Stream.concat(faults.stream(), Stream.of(fault)).toList(), delayed, serverAhead);
    }

    private Faults consistent(Delayed delay) {
        return new Faults(
                seed, faults, Stream.concat(delayed.stream(), Stream.of(delay)).toList(), serverAhead);
    }

    private static Effect rejecting(String what, java.util.function.Function<SeenRequest, AwsError> answer) {
        return new Effect() {
            @Override
            public AwsError before(Exchange exchange) {
                return worded(exchange, what, answer.apply(exchange.seen()));
            }
        };
    }

    private static AwsError worded(Exchange exchange, String what, AwsError error) {
        return new AwsError(error.code(), error.status(), error.message() + " [" + exchange.injected(what) + "]");
    }

    private static Instant signingTime(String header, Instant otherwise) {
        try {
            return header.isEmpty() ? otherwise : Instant.from(SIGNING_TIME.parse(header));
        } catch (DateTimeParseException e) {
            return otherwise;
        }
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "Describe a fault: " + name + " counts from 1. Give 1 or more. [" + name + "=" + value + "]");
        }
    }
}
