package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;

/** Deletes EC2 resources that others may hold on to for a while, as the network interfaces of a deleted load balancer do. */
final class Ec2Deletion {
    /** How long to wait for what AWS itself still has to clean up. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final int NAMED_USERS = 3;

    private Ec2Deletion() {}

    /**
     * Sends a delete until it is accepted.
     *
     * @param step the calls, and the waiting
     * @param id the resource's EC2 id
     * @param gone the error codes that say that the work is done already
     * @param busy the error codes that say that something still uses the resource
     * @param delete the call
     * @param users names what uses the resource; asked only when AWS refuses
     */
    static void send(
            Step step, String id, Set<String> gone, Set<String> busy, Runnable delete, Supplier<String> users) {
        Supplier<Optional<String>> attempt = () -> {
            try {
                delete.run();
                return Optional.empty();
            } catch (AwsCallException e) {
                if (gone.contains(e.code())) {
                    return Optional.empty();
                }
                if (busy.contains(e.code())) {
                    return Optional.of("still in use by " + users.get());
                }
                throw e;
            }
        };
        // the first attempt is not reported as a wait, since it mostly is the only one
        if (attempt.get().isPresent()) {
            step.await(id + " to be no longer in use", PATIENCE, attempt);
        }
    }

    /**
     * Names the network interfaces that a filter finds, with what AWS says they are for.
     *
     * @param step the calls
     * @param filter the name of a filter of DescribeNetworkInterfaces
     * @param value its value
     * @return a list for people, empty when there is none
     */
    static Optional<String> interfaces(Step step, String filter, String value) {
        List<NetworkInterface> found = step
                .aws()
                .ec2()
                .describeNetworkInterfacesPaginator(request -> request.filters(Ec2Tags.filter(filter, value)))
                .networkInterfaces()
                .stream()
                .toList();
        return names(found.stream().map(Ec2Deletion::name).toList());
    }

    /**
     * The first few of some users.
     *
     * @param users their names
     * @return a list for people, empty when there is none
     */
    static Optional<String> names(List<String> users) {
        if (users.isEmpty()) {
            return Optional.empty();
        }
        int more = users.size() - NAMED_USERS;
        String first = users.stream().limit(NAMED_USERS).collect(Collectors.joining(", "));
        return Optional.of(more > 0 ? first + " and " + more + " more" : first);
    }

    private static String name(NetworkInterface found) {
        String use = found.description();
        return use == null || use.isBlank()
                ? found.networkInterfaceId()
                : found.networkInterfaceId() + " (" + use + ")";
    }
}
