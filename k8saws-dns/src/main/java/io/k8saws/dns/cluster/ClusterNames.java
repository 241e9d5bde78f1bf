package io.k8saws.dns.cluster;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.DnsKind;
import io.k8saws.dns.record.Cause;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.record.EndpointOptions;
import io.k8saws.dns.record.Horizon;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.network.NetworkPlan;
import io.k8saws.network.PlannedEtcdMember;
import io.k8saws.network.WellKnownPorts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The names of a cluster itself, from its specification. The API's own record is made with the cluster's resources; for a cluster that this library has not made,
 * {@link #api} wants it. Pure.
 */
public final class ClusterNames {
    private ClusterNames() {}

    /**
     * The names of the etcd members, {@code etcd-1.<cluster>.<zone>} and so on, each leading to its member's fixed private address, and those by which members and
     * clients find them all, {@code _etcd-server-ssl._tcp.<cluster>.<zone>} and {@code _etcd-client-ssl._tcp.<cluster>.<zone>}.
     *
     * @param spec the cluster
     * @return nothing when the cluster publishes nothing; for a private zone alone when its kind says so
     */
    public static List<Endpoint> etcd(ClusterSpec spec) {
        if (spec.dns().kind() == DnsKind.NONE || spec.dns().zone().isEmpty()) {
            return List.of();
        }
        String domain = spec.name() + "." + spec.dns().zone().get();
        List<Endpoint> endpoints = new ArrayList<>();
        List<String> members = new ArrayList<>();
        for (PlannedEtcdMember member : NetworkPlan.of(spec).etcdMembers()) {
            String name = member.name() + "." + domain;
            members.add(name);
            endpoints.add(endpoint(spec, DnsName.of(name), RecordType.A, List.of(member.address()), "etcd member"));
        }
        if (!members.isEmpty()) {
            endpoints.add(service(spec, "_etcd-server-ssl._tcp." + domain, WellKnownPorts.ETCD_PEER, members));
            endpoints.add(service(spec, "_etcd-client-ssl._tcp." + domain, WellKnownPorts.ETCD_CLIENT, members));
        }
        return endpoints;
    }

    /**
     * The name of the API.
     *
     * @param spec the cluster
     * @param loadBalancer the load balancer's host name
     * @return empty when the cluster publishes nothing
     */
    public static Optional<Endpoint> api(ClusterSpec spec, String loadBalancer) {
        return spec.apiHostName()
                .map(name -> endpoint(spec, DnsName.of(name), RecordType.CNAME, List.of(loadBalancer), "API"));
    }

    private static Endpoint service(ClusterSpec spec, String name, int port, List<String> members) {
        return endpoint(
                spec,
                DnsName.of(name),
                RecordType.SRV,
                members.stream().map(member -> "0 0 " + port + " " + member).toList(),
                "etcd");
    }

    private static Endpoint endpoint(
            ClusterSpec spec, DnsName name, RecordType type, List<String> targets, String rule) {
        EndpointOptions options = EndpointOptions.defaults()
                .withHorizon(spec.dns().kind() == DnsKind.PRIVATE ? Horizon.PRIVATE : Horizon.PUBLIC);
        return new Endpoint(
                name,
                type,
                targets,
                Optional.empty(),
                Optional.empty(),
                new RoutingPolicy.Simple(),
                Optional.empty(),
                spec.dns().hostedZoneId().map(options::withPinnedZone).orElse(options),
                new Cause("cluster", "", spec.name(), rule));
    }
}
