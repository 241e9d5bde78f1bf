package io.k8saws.internal.resource;

import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.seam.AwsClients;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/** One look at the world: the calls to make, the cluster to look for, and the answers that several kinds share. Safe to use from many threads. */
public final class Reading {
    private final AwsClients aws;
    private final ClusterScope scope;
    private final ConcurrentMap<String, CompletableFuture<Object>> answers = new ConcurrentHashMap<>();

    /**
     * Starts a look at the world.
     *
     * @param aws the calls
     * @param scope the cluster
     */
    public Reading(AwsClients aws, ClusterScope scope) {
        this.aws = aws;
        this.scope = scope;
    }

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
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }
}
