package io.k8saws.internal.resource;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All kinds that k8saws knows, by name. */
public final class ResourceKinds {
    private static final ResourceKinds ALL = new ResourceKinds(List.of(
            new Vpcs(),
            new VpcCidrs(),
            new DhcpOptionSets(),
            new InternetGateways(),
            new Subnets(),
            new RouteTables(),
            new Routes(),
            new RouteTableAssociations(),
            new ElasticIps(),
            new NatGateways(),
            new SecurityGroups(),
            new SecurityGroupRules(),
            new KeyPairs(),
            new IamRoles(),
            new IamRolePolicies(),
            new InstanceProfiles(),
            new LaunchTemplates(),
            new AutoScalingGroups(),
            new Volumes(),
            new NetworkInterfaces(),
            new LoadBalancers(),
            new TargetGroups(),
            new Listeners(),
            new ClassicLoadBalancers(),
            new HostedZones(),
            new RecordSets(),
            new Buckets(),
            new BucketObjects(),
            new Keys(),
            new SecretBundles(),
            new Queues(),
            new EventRules(),
            new EventTargets(),
            new Instances()));

    private final Map<String, ResourceKind<?>> byName = new LinkedHashMap<>();

    private ResourceKinds(List<ResourceKind<?>> kinds) {
        kinds.forEach(kind -> {
            if (byName.put(kind.name(), kind) != null) {
                throw new IllegalArgumentException("Two resource kinds are named \"" + kind.name() + "\".");
            }
        });
    }

    /**
     * The kinds.
     *
     * @return all of them, always the same
     */
    public static ResourceKinds all() {
        return ALL;
    }

    /**
     * The kinds in a stable order.
     *
     * @return an unmodifiable view
     */
    public Collection<ResourceKind<?>> inOrder() {
        return java.util.Collections.unmodifiableCollection(byName.values());
    }

    /**
     * Looks up a kind.
     *
     * @param name the kind's name in addresses
     * @return the kind
     * @throws IllegalArgumentException if there is none
     */
    public ResourceKind<?> named(String name) {
        ResourceKind<?> kind = byName.get(name);
        if (kind == null) {
            throw new IllegalArgumentException(
                    "There is no resource kind \"" + name + "\"; known: " + byName.keySet() + ".");
        }
        return kind;
    }
}
