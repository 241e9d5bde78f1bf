package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Reservation;

/**
 * Instances that are tagged as owned by the cluster and belong to no Auto Scaling group, for example those of Karpenter or such as were taken out of their group.
 * The library makes no single instances; it only takes these away with the cluster.
 */
public final class Instances implements ResourceKind<Instances.Instance> {
    /** The kind's name. */
    public static final String KIND = "instance";

    /** The tag that EC2 Auto Scaling sets on its instances. */
    static final String ASG_TAG = "aws:autoscaling:groupName";

    private static final Duration TERMINATION = Duration.ofMinutes(15);

    /** All states but {@code terminated}. */
    private static final List<String> PRESENT = List.of("pending", "running", "shutting-down", "stopping", "stopped");

    /**
     * The fields of this kind.
     *
     * @param instanceType the instance type
     * @param zone the availability zone
     * @param tags the tags without those that tell the owner
     */
    public record Instance(String instanceType, String zone, Map<String, String> tags) implements Attributes {
        /** Copies the map. */
        public Instance {
            tags = Map.copyOf(tags);
        }
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public boolean madeByControllersOnly() {
        return true;
    }

    @Override
    public Class<Instance> attributes() {
        return Instance.class;
    }

    @Override
    public Found<Instance> read(Reading reading) {
        ClusterScope scope = reading.scope();
        DescribeInstancesRequest request = DescribeInstancesRequest.builder()
                .filters(Ec2Tags.owned(scope), present())
                .maxResults(1000)
                .build();
        List<Observed<Instance>> found = new ArrayList<>();
        for (Reservation reservation :
                reading.aws().ec2().describeInstancesPaginator(request).reservations()) {
            for (var instance : reservation.instances()) {
                Map<String, String> tags = Ec2Tags.map(instance.tags());
                if (!tags.containsKey(ASG_TAG)) {
                    found.add(observed(scope, instance, tags));
                }
            }
        }
        return Found.of(found);
    }

    /** Finds instances in any state but terminated. */
    static Filter present() {
        return Filter.builder().name("instance-state-name").values(PRESENT).build();
    }

    private static Observed<Instance> observed(
            ClusterScope scope, software.amazon.awssdk.services.ec2.model.Instance instance, Map<String, String> tags) {
        return new Observed<>(
                new ResourceAddress(KIND, instance.instanceId()),
                instance.instanceId(),
                Found.in(instance.vpcId()),
                new Instance(
                        instance.instanceTypeAsString(), instance.placement().availabilityZone(), scope.ownTags(tags)),
                Observed.Origin.CONTROLLERS);
    }

    /**
     * Never called.
     *
     * @throws IllegalStateException always
     */
    @Override
    public Made create(Step step, Instance wanted) {
        throw new IllegalStateException(
                "Instances are made by Auto Scaling groups, so no graph may hold " + step.address() + ".");
    }

    /**
     * Never called.
     *
     * @throws IllegalStateException always
     */
    @Override
    public Made update(Step step, Observed<Instance> observed, Instance wanted, Set<String> fields) {
        throw new IllegalStateException(
                "Instances are not changed in place, so no graph may hold " + step.address() + ".");
    }

    @Override
    public void delete(Step step, Observed<Instance> observed) {
        String id = observed.id();
        try {
            step.aws().ec2().terminateInstances(r -> r.instanceIds(id));
        } catch (AwsCallException e) {
            if (Answers.notThere(e)) {
                return;
            }
            throw e;
        }
        step.await("instance " + id + " to be terminated", TERMINATION, () -> state(step, id));
    }

    private static Optional<String> state(Step step, String id) {
        // by filter, because EC2 forgets a terminated instance after a while and then refuses its id
        return step
                .aws()
                .ec2()
                .describeInstances(r -> r.filters(Ec2Tags.filter("instance-id", id)))
                .reservations()
                .stream()
                .flatMap(reservation -> reservation.instances().stream())
                .map(instance -> instance.state())
                .filter(state -> state.name() != InstanceStateName.TERMINATED)
                .map(state -> "it is " + state.nameAsString())
                .findFirst();
    }

    /** Controllers that run in a group would start new instances. */
    @Override
    public Set<String> deletedAfter() {
        return Set.of(AutoScalingGroups.KIND);
    }

    @Override
    public Risk deletionRisk(Observed<Instance> observed) {
        return Risk.DESTRUCTIVE;
    }
}
