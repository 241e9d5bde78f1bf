package io.k8saws.internal.blueprint;

import io.k8saws.bootstrap.Bootstrap;
import io.k8saws.bootstrap.BootstrapSite;
import io.k8saws.bootstrap.ScriptSet;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.Resource;
import io.k8saws.internal.resource.AutoScalingGroups;
import io.k8saws.internal.resource.LoadBalancers;
import io.k8saws.network.NetworkPlan;
import io.k8saws.network.SecurityRules;
import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The resources that were drawn so far, and what follows from the spec for all of them. Used by one thread, while a blueprint is drawn. */
final class Drawing {
    private final ClusterSpec spec;
    private final ClusterScope scope;
    private final NetworkPlan network;
    private final SecurityRules security;
    private final Surroundings surroundings;
    private final Bootstrap bootstrap;
    private final List<ScriptSet> scripts;
    private final List<Resource> resources = new ArrayList<>();

    Drawing(ClusterSpec spec, ClusterScope scope, Surroundings surroundings) {
        this.spec = spec;
        this.scope = scope;
        this.surroundings = surroundings;
        this.bootstrap =
                Bootstrap.of(spec, site(spec, scope, surroundings), surroundings.hashes(spec), surroundings.keys());
        this.scripts = bootstrap.all();
        this.network = NetworkPlan.of(spec);
        this.security = SecurityRules.of(spec);
    }

    private static BootstrapSite site(ClusterSpec spec, ClusterScope scope, Surroundings surroundings) {
        Map<String, String> groups = new TreeMap<>();
        MachineGroups.byPart(spec).forEach((part, name) -> groups.put(part, AutoScalingGroups.name(scope, name)));
        return new BootstrapSite(
                scope.bucket(),
                scope.partition().equals("aws-cn") ? "amazonaws.com.cn" : "amazonaws.com",
                surroundings.endpoint(),
                LoadBalancers.name(scope, ApiResources.NAME),
                groups);
    }

    Surroundings surroundings() {
        return surroundings;
    }

    /** What makes instances nodes. */
    Bootstrap bootstrap() {
        return bootstrap;
    }

    /** What each group of machines gets. */
    List<ScriptSet> scripts() {
        return scripts;
    }

    /** What one group of machines gets. */
    ScriptSet scripts(String part) {
        return scripts.stream()
                .filter(set -> set.part().equals(part))
                .findFirst()
                .orElseThrow();
    }

    ClusterSpec spec() {
        return spec;
    }

    ClusterScope scope() {
        return scope;
    }

    NetworkPlan network() {
        return network;
    }

    SecurityRules security() {
        return security;
    }

    List<Resource> resources() {
        return resources;
    }

    /** Adds a resource and returns a reference to its id. */
    Ref add(String kind, String name, Attributes attributes, String specPath, Collection<ResourceAddress> after) {
        ResourceAddress address = new ResourceAddress(kind, name);
        add(new Resource(address, attributes, specPath, java.util.Set.copyOf(after)));
        return Ref.to(address);
    }

    void add(Resource resource) {
        resources.add(resource);
    }

    Ref add(String kind, String name, Attributes attributes, String specPath) {
        return add(kind, name, attributes, specPath, List.of());
    }

    /** The addresses of all resources of a kind that were drawn so far. */
    List<ResourceAddress> drawn(String kind) {
        return resources.stream()
                .map(Resource::address)
                .filter(address -> address.kind().equals(kind))
                .toList();
    }

    /** The tags that the spec asks for on everything. */
    Map<String, String> tags() {
        return spec.tags();
    }

    /** The tags that the spec asks for, and more. */
    Map<String, String> tags(Map<String, String> more) {
        Map<String, String> tags = new TreeMap<>(spec.tags());
        tags.putAll(more);
        return tags;
    }

    static Ref ref(String kind, String name) {
        return Ref.to(new ResourceAddress(kind, name));
    }

    static Ref ref(String kind, String name, String output) {
        return Ref.to(new ResourceAddress(kind, name), output);
    }
}
