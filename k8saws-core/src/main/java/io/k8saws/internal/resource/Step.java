package io.k8saws.internal.resource;

import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.plan.ResourceAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What a kind gets to carry out one change. Used by one thread. */
public interface Step {
    /**
     * The calls to make; each carries the retries, limits and deadlines of the seam, and reports its retries as progress of this step.
     *
     * @return guarded AWS clients
     */
    AwsClients aws();

    /**
     * The cluster that is worked on.
     *
     * @return its name, account, region and names of its resources
     */
    ClusterScope scope();

    /**
     * The resource that is worked on.
     *
     * @return its address
     */
    ResourceAddress address();

    /**
     * The value of a reference.
     *
     * @param ref a reference of the wanted fields
     * @return the id, ARN or other output
     */
    String value(Ref ref);

    /**
     * The values of several references, in their order.
     *
     * @param refs references of the wanted fields
     * @return the values
     */
    default List<String> values(Collection<Ref> refs) {
        return refs.stream().map(this::value).toList();
    }

    /**
     * Tells now, for what bears a time.
     *
     * @return the clock that the library was opened with
     */
    Clock clock();

    /**
     * An idempotency token for the creating call: the same for every attempt of this step in this run, different in any other run.
     *
     * @return 32 hexadecimal digits
     */
    String token();

    /**
     * The tags that the creating call must set: ownership, address, name, and the wanted ones.
     *
     * @param wanted the tags in the wanted fields
     * @return all tags
     */
    default Map<String, String> tags(Map<String, String> wanted) {
        return scope().tagsOf(address(), wanted);
    }

    /**
     * Waits until AWS has finished something, asking again with growing pauses; reports the wait as progress.
     *
     * @param waitingFor what is waited for, in a few words
     * @param atMost how long to wait
     * @param look asks AWS; an empty answer means finished, a text says what was seen instead
     * @throws io.k8saws.error.WaitTimeoutException if it is not finished in time; it tells what was seen last
     */
    void await(String waitingFor, Duration atMost, Supplier<Optional<String>> look);
}
