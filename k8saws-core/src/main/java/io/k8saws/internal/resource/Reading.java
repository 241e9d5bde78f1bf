package io.k8saws.internal.resource;

import io.k8saws.error.OperationCancelledException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.plan.ResourceAddress;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One look at the world: the calls to make, the cluster to look for, and the answers that several kinds share. Safe to use from many threads. */
public final class Reading {
    private final AwsClients aws;
    private final ClusterScope scope;
    private final Set<DnsZone> dnsZones;
    private final Executor threads;
    private final Predicate<ResourceAddress> closely;
    private final Clock clock;
    private final ConcurrentMap<String, CompletableFuture<Object>> answers = new ConcurrentHashMap<>();

    /**
     * Starts a look at the world by one thread, that looks closely at nothing.
     *
     * @param aws the calls
     * @param scope the cluster
     * @param dnsZones the zones and their records
     * @param clock tells now
     */
    public Reading(AwsClients aws, ClusterScope scope, Set<DnsZone> dnsZones, Clock clock) {
        this(aws, scope, dnsZones, Runnable::run, address -> false, clock);
    }

    /**
     * Starts a look at the world, which also looks for records in hosted zones that the cluster did not make: the one that is wanted, and the one that the last apply used, when
     * the two differ.
     *
     * @param aws the calls
     * @param scope the cluster
     * @param dnsZones the zones and their records
     * @param threads asks questions that do not depend on each other, several at once
     * @param closely the resources that may cost a call of their own
     * @param clock tells now
     */
    public Reading(
            AwsClients aws,
            ClusterScope scope,
            Set<DnsZone> dnsZones,
            Executor threads,
            Predicate<ResourceAddress> closely,
            Clock clock) {
        this.aws = aws;
        this.scope = scope;
        this.dnsZones = Set.copyOf(dnsZones);
        this.threads = threads;
        this.closely = closely;
        this.clock = clock;
    }

    /**
     * A record in a hosted zone that the cluster did not make. Such a zone may hold thousands of records, and nothing on it tells that the cluster uses it.
     *
     * @param id the zone's id without {@code /hostedzone/}
     * @param recordName the record's full name without a final dot
     */
    public record DnsZone(String id, String recordName) {}

    /**
     * The calls to make.
     *
     * @return guarded AWS clients
     */
    public AwsClients aws() {
        return aws;
    }

    /**
     * The cluster to look for.
     *
     * @return its name, account, region and names of its resources
     */
    public ClusterScope scope() {
        return scope;
    }

    /**
     * Tells now, for what grows old.
     *
     * @return the clock
     */
    public Clock clock() {
        return clock;
    }

    /**
     * Records to look for in hosted zones that the cluster did not make.
     *
     * @return the zones and records; empty for most clusters
     */
    public Set<DnsZone> dnsZones() {
        return dnsZones;
    }

    /**
     * Whether to ask for what AWS tells of one resource a call only; see {@link io.k8saws.internal.graph.SeenClosely}.
     *
     * @param address the resource
     * @return false in the look of a plan
     */
    public boolean closely(ResourceAddress address) {
        return closely.test(address);
    }

    /**
     * Asks for something that AWS tells of one resource a call only, when the look is a close one. Begins at once, beside other questions.
     *
     * @param address the resource
     * @param question makes a call
     * @param <T> the type of the answer
     * @return waits for the answer, or for its failure; empty in any other look
     */
    public <T> Supplier<Optional<T>> closely(ResourceAddress address, Supplier<Optional<T>> question) {
        return closely.test(address) ? ahead(question) : Optional::empty;
    }

    /**
     * Begins to ask what will be needed soon, so that questions which do not depend on each other are asked at once.
     *
     * @param question makes a call
     * @param <T> the type of the answer
     * @return waits for the answer, or for its failure. What no other thread has begun by then is asked by the thread that waits, so kinds that wait for each
     *     other cannot use up the threads
     */
    public <T> Supplier<T> ahead(Supplier<? extends T> question) {
        FutureTask<T> task = new FutureTask<>(question::get);
        threads.execute(task);
        return () -> {
            task.run(); // does nothing when another thread has begun
            return answer(task);
        };
    }

    private static <T> T answer(FutureTask<T> task) {
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("Read the cluster's resources");
        } catch (CancellationException e) {
            throw new OperationCancelledException("Read the cluster's resources", "the library was closed");
        } catch (ExecutionException e) {
            throw unchecked(e, e.getCause());
        }
    }

    private static RuntimeException unchecked(Exception wrapper, @Nullable Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException runtime ? runtime : new IllegalStateException(wrapper);
    }

    /**
     * Takes over an answer that was needed before this look began, so that it is not asked for again.
     *
     * @param key the name of the question
     * @param answer the answer
     */
    void know(String key, Object answer) {
        answers.put(key, CompletableFuture.completedFuture(answer));
    }

    /**
     * Asks AWS once for what several kinds need. Whoever comes first asks; the others wait for its answer, or for its failure.
     *
     * @param key the name of the question, for example {@code DescribeRouteTables}
     * @param ask makes the call
     * @param <T> the type of the answer; the same for all who use the key
     * @return the answer
     */
    @SuppressWarnings("unchecked") // every key is used with one type
    public <T> T once(String key, Supplier<T> ask) {
        CompletableFuture<Object> mine = new CompletableFuture<>();
        CompletableFuture<Object> first = answers.putIfAbsent(key, mine);
        if (first == null) {
            try {
                mine.complete(ask.get());
            } catch (Throwable failure) {
                mine.completeExceptionally(failure);
                throw failure;
            }
            first = mine;
        }
        try {
            return (T) first.join();
        } catch (CompletionException e) {
            throw unchecked(e, e.getCause());
        }
    }
}
