package io.k8saws.internal.resource;

import io.k8saws.internal.seam.AwsClients;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.ec2.model.Filter;

/** When instances were launched. */
public final class LaunchTimes {
    private LaunchTimes() {}

    /**
     * Looks instances up. By filter, because EC2 refuses ids that it has forgotten.
     *
     * @param aws the calls
     * @param instances the instances' ids, at most 200
     * @return the times of those that EC2 knows
     */
    public static Map<String, Instant> of(AwsClients aws, Collection<String> instances) {
        Map<String, Instant> times = new HashMap<>();
        aws
                .ec2()
                .describeInstancesPaginator(r -> r.filters(
                        Filter.builder().name("instance-id").values(instances).build()))
                .reservations()
                .stream()
                .flatMap(reservation -> reservation.instances().stream())
                .filter(instance -> instance.launchTime() != null)
                .forEach(instance -> times.put(instance.instanceId(), instance.launchTime()));
        return times;
    }
}
