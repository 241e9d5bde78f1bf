package io.k8saws.testkit.fault;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/**
 * An HTTP client for the AWS SDK that makes things go wrong as {@link Faults} say, and records every call.
 *
 * <pre>{@code
 * FaultyHttpClient http = FaultyHttpClient.create(Faults.none().throttle(1.0 / 3));
 * Ec2Client ec2 = endpoint.configure(Ec2Client.builder()).httpClient(http).build();
 * ...
 * assertThat(http.calls().count("ec2:DescribeVpcs")).as("%s", http.calls()).isEqualTo(1);
 * }</pre>
 *
 * <p>Give one client to all SDK clients of a run, so that calls are counted, and the run is killed, across services. Whoever makes it
 * closes it; the SDK does not close a client that was handed to it.
 *
 * <p>Thread-safe. Only for synchronous SDK clients.
 */
public final class FaultyHttpClient implements SdkHttpClient {
    private final SdkHttpClient delegate;
    private final boolean closesDelegate;
    private final Faults faults;
    private final Visibility visibility;
    private final Clock clock = Clock.systemUTC();
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<String, AtomicInteger> ordinalsByName = new ConcurrentHashMap<>();
    private final List<AtomicInteger> ordinalsByFault;
    private final List<RecordedCall> calls = new ArrayList<>();
    private volatile @Nullable String killedBy;

    private FaultyHttpClient(SdkHttpClient delegate, boolean closesDelegate, Faults faults) {
        this.delegate = delegate;
        this.closesDelegate = closesDelegate;
        this.faults = faults;
        this.visibility = new Visibility(faults.delayed(), clock);
        this.ordinalsByFault =
                Stream.generate(AtomicInteger::new).limit(faults.list().size()).toList();
    }

    /**
     * Makes a client on top of the JDK's own HTTP client.
     *
     * @param faults what goes wrong
     * @return a client that is closed by its maker
     */
    public static FaultyHttpClient create(Faults faults) {
        return new FaultyHttpClient(UrlConnectionHttpClient.create(), true, faults);
    }

    /**
     * Makes a client on top of another one.
     *
     * @param delegate sends the requests that are let through; {@link #close()} does not close it
     * @param faults what goes wrong
     * @return a client that is closed by its maker
     */
    public static FaultyHttpClient wrap(SdkHttpClient delegate, Faults faults) {
        return new FaultyHttpClient(delegate, false, faults);
    }

    /**
     * The calls that have finished so far, with and without an answer.
     *
     * @return a snapshot
     */
    public CallLog calls() {
        synchronized (calls) {
            return new CallLog(calls);
        }
    }

    /** Forgets the recorded calls. Numbers go on, so that a kill at the n-th call keeps its meaning. */
    public void forgetCalls() {
        synchronized (calls) {
            calls.clear();
        }
    }

    /**
     * Whether {@link Faults#killBefore} or {@link Faults#killAfter} has ended the run.
     *
     * @return true once the run is dead
     */
    public boolean killed() {
        return killedBy != null;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new FaultyRequest(request);
    }

    @Override
    public String clientName() {
        return "k8saws-faulty";
    }

    /** Closes the client below if {@link #create} made it. */
    @Override
    public void close() {
        if (closesDelegate) {
            delegate.close();
        }
    }

    @Override
    public String toString() {
        return "FaultyHttpClient[" + faults + ", calls=" + numbers.get() + (killed() ? ", killed" : "") + "]";
    }

    private void requireAlive() {
        String cause = killedBy;
        if (cause != null) {
            throw new RunKilledError("The run is dead, nothing reaches AWS any more: " + cause);
        }
    }

    /** One request and what happens to it. */
    private final class FaultyRequest implements ExecutableHttpRequest {
        private final HttpExecuteRequest request;
        private final CountDownLatch aborted = new CountDownLatch(1);
        private volatile @Nullable ExecutableHttpRequest sent;
        private boolean served;
        private @Nullable String fault;

        FaultyRequest(HttpExecuteRequest request) {
            this.request = request;
        }

        @Override
        public HttpExecuteResponse call() throws IOException {
            requireAlive();
            Instant start = clock.instant();
            long startNanos = System.nanoTime();
            SeenRequest seen = SeenRequest.of(numbers.incrementAndGet(), request);
            int status = 0;
            try {
                HttpExecuteResponse response = exchange(seen);
                status = response.httpResponse().statusCode();
                return response;
            } finally {
                Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
                synchronized (calls) {
                    calls.add(new RecordedCall(seen.call(), start, took, status, served, Optional.ofNullable(fault)));
                }
            }
        }

        @Override
        public void abort() {
            aborted.countDown();
            ExecutableHttpRequest under = sent;
            if (under != null) {
                under.abort();
            }
        }

        private HttpExecuteResponse exchange(SeenRequest seen) throws IOException {
            List<FaultExchange> hits = hits(seen);
            for (FaultExchange hit : hits) {
                AwsError error = hit.fault.effect().before(hit);
                if (error != null) {
                    return answer(seen, error);
                }
            }
            AwsError unseen = visibility.refusal(seen);
            if (unseen != null) {
                fault = "not yet visible";
                return answer(seen, unseen);
            }
            requireAlive();
            ExecutableHttpRequest under = delegate.prepareRequest(request);
            sent = under;
            if (aborted.getCount() == 0) {
                under.abort();
            }
            HttpExecuteResponse response = visibility.through(seen, under.call());
            served = true;
            try {
                for (FaultExchange hit : hits) {
                    hit.fault.effect().after(hit);
                }
                // The run may have been killed by another thread while this answer was on its way.
                requireAlive();
            } catch (IOException | RunKilledError e) {
                discard(response);
                throw e;
            }
            return response;
        }

        private List<FaultExchange> hits(SeenRequest seen) {
            int ordinalOfName = ordinalsByName
                    .computeIfAbsent(seen.call().name(), name -> new AtomicInteger())
                    .incrementAndGet();
            List<FaultExchange> hits = new ArrayList<>();
            for (int i = 0; i < faults.list().size(); i++) {
                Fault candidate = faults.list().get(i);
                if (candidate.calls().test(seen.call())) {
                    int ordinal = ordinalsByFault.get(i).incrementAndGet();
                    if (faults.hits(i, seen.call().name(), ordinalOfName)) {
                        hits.add(new FaultExchange(candidate, seen, ordinal));
                    }
                }
            }
            return hits;
        }

        private HttpExecuteResponse answer(SeenRequest seen, AwsError error) {
            String requestId = UUID.randomUUID().toString();
            byte[] body = seen.head()
                    ? new byte[0]
                    : seen.protocol().body(error, requestId).getBytes(StandardCharsets.UTF_8);
            Instant serverTime = clock.instant().plus(faults.serverAhead());
            SdkHttpFullResponse.Builder response = SdkHttpFullResponse.builder()
                    .statusCode(error.status())
                    .statusText(error.code())
                    .putHeader("Content-Type", seen.protocol().contentType())
                    .putHeader("Content-Length", String.valueOf(body.length))
                    .putHeader(
                            "Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(serverTime.atOffset(ZoneOffset.UTC)));
            seen.protocol().headers(error, requestId).forEach(response::putHeader);
            return HttpExecuteResponse.builder()
                    .response(response.build())
                    .responseBody(AbortableInputStream.create(new ByteArrayInputStream(body)))
                    .build();
        }

        private void discard(HttpExecuteResponse response) throws IOException {
            if (response.responseBody().isPresent()) {
                try (InputStream body = response.responseBody().get()) {
                    body.readAllBytes();
                }
            }
        }

        /** This request as one of the faults that hit it sees it. */
        private final class FaultExchange implements Exchange {
            private final Fault fault;
            private final SeenRequest seen;
            private final int ordinal;

            FaultExchange(Fault fault, SeenRequest seen, int ordinal) {
                this.fault = fault;
                this.seen = seen;
                this.ordinal = ordinal;
            }

            @Override
            public SeenRequest seen() {
                return seen;
            }

            @Override
            public int ordinal() {
                return ordinal;
            }

            @Override
            public String injected(String what) {
                FaultyRequest.this.fault = what;
                return "injected: " + what + ", call=" + seen.call() + " seed=" + faults.seed();
            }

            @Override
            public void pause(Duration time) throws IOException {
                try {
                    if (aborted.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
                        throw new IOException(injected("the SDK gave the call up while it was held back"));
                    }
                } catch (InterruptedException e) {
                    // The SDK's own timeout interrupts the thread: it must find the flag set.
                    Thread.currentThread().interrupt();
                    InterruptedIOException interrupted =
                            new InterruptedIOException(injected("interrupted while it was held back"));
                    interrupted.initCause(e);
                    throw interrupted;
                }
            }

            @Override
            public RunKilledError kill(String message) {
                String cause = injected(message);
                killedBy = cause;
                return new RunKilledError("Kill the run: " + cause);
            }
        }
    }
}
