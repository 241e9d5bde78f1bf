package io.k8saws.plan;

import io.k8saws.cluster.AccessMethod;
import io.k8saws.cluster.Cidr;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.cluster.Exposure;
import io.k8saws.cluster.NodePoolSpec;
import io.k8saws.cluster.Protocol;
import io.k8saws.cluster.Topology;
import io.k8saws.internal.text.OneLine;
import io.k8saws.network.Direction;
import io.k8saws.network.NetworkPlan;
import io.k8saws.network.Peer;
import io.k8saws.network.PlannedEtcdMember;
import io.k8saws.network.PlannedSubnet;
import io.k8saws.network.SecurityGroupRole;
import io.k8saws.network.SecurityRule;
import io.k8saws.network.SecurityRules;
import io.k8saws.network.SubnetRole;
import io.k8saws.plan.ClusterMap.Access;
import io.k8saws.plan.ClusterMap.Place;
import io.k8saws.plan.ClusterMap.Pool;
import io.k8saws.plan.ClusterMap.Shape;
import io.k8saws.plan.ClusterMap.Talk;
import io.k8saws.plan.ClusterMap.ZoneColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Makes the map of a cluster from its spec, and marks on it what a plan changes by the addresses of the resources. A resource that the map has no place
 * for is simply not marked; the table of changes has it.
 */
final class Cartographer {
    private static final int MOST_POOLS = 8;
    private static final int MOST_PORTS = 2;
    private static final String GROUP = "auto-scaling-group";
    private static final String CONTROL_PLANE = "control-plane";
    private static final String BASTION = "bastion";
    private static final String NO_LONGER = "no longer in the spec";

    private final Plan plan;
    private final ClusterSpec spec;
    private final NetworkPlan network;
    private final SecurityRules rules;
    private final List<String> zones;

    Cartographer(Plan plan, ClusterSpec spec) {
        this.plan = plan;
        this.spec = spec;
        this.network = NetworkPlan.of(spec);
        this.rules = SecurityRules.of(spec);
        this.zones = spec.network().zones();
    }

    ClusterMap map() {
        List<Pool> pools = pools();
        List<Pool> drawn = drawn(pools);
        return new ClusterMap(
                frame(),
                clients(),
                Optional.of(new Shape("Internet gateway", "", only("internet-gateway"))),
                loadBalancer(),
                zones.stream().map(this::zone).toList(),
                controlPlane(),
                drawn,
                folded(pools, drawn),
                talks(!drawn.isEmpty()),
                accesses());
    }

    private Shape frame() {
        String cidrs =
                network.cidr() + (network.extraCidrs().isEmpty() ? "" : " + " + join(network.extraCidrs(), ", "));
        return new Shape("VPC of " + spec.name(), cidrs + " · " + spec.region(), only("vpc"));
    }

    private Shape clients() {
        List<String> who = new ArrayList<>();
        who.add("Kubernetes API: " + join(spec.api().allowedCidrs(), ", "));
        if (spec.access().method() == AccessMethod.BASTION) {
            who.add("SSH: " + join(spec.access().bastion().allowedCidrs(), ", "));
        }
        if (!spec.access().nodePortCidrs().isEmpty()) {
            who.add("node ports: " + join(spec.access().nodePortCidrs(), ", "));
        }
        return new Shape("Clients", String.join(" · ", who), Optional.empty());
    }

    private Shape loadBalancer() {
        String exposure = spec.api().loadBalancer() == Exposure.PUBLIC ? "public" : "internal";
        String host = spec.apiHostName().map(name -> " · " + OneLine.of(name)).orElse("");
        return new Shape(
                "Load balancer of the Kubernetes API",
                "network load balancer, " + exposure + host,
                only("load-balancer").or(() -> touched("api", "listener", "target-group")));
    }

    private ZoneColumn zone(String zone) {
        boolean separate = spec.network().topology() == Topology.PRIVATE;
        Optional<Shape> outer =
                separate ? network.subnet(zone, SubnetRole.PUBLIC).map(this::subnet) : Optional.empty();
        Shape inner = network.subnet(zone, separate ? SubnetRole.PRIVATE : SubnetRole.PUBLIC)
                .map(this::subnet)
                .orElseGet(() -> new Shape("no subnet", "", Optional.empty()));
        return new ZoneColumn(zone, outer, inner, gateways(zone), bastion(zone), etcd(zone));
    }

    private Shape subnet(PlannedSubnet subnet) {
        String title = subnet.role() == SubnetRole.PUBLIC ? "Public subnet" : "Private subnet";
        return new Shape(title, subnet.cidr().toString(), change("subnet", subnet.name()));
    }

    private List<Shape> gateways(String zone) {
        if (network.natGateways().containsValue(zone)) {
            long served =
                    network.natGateways().values().stream().filter(zone::equals).count();
            String detail = served == 1 ? "for this zone" : "for " + served + " zones";
            return List.of(new Shape(
                    "NAT gateway", detail, change("nat-gateway", zone).or(() -> touched("nat-" + zone, "elastic-ip"))));
        }
        return change("nat-gateway", zone)
                .map(gone -> List.of(new Shape("NAT gateway", NO_LONGER, Optional.of(gone))))
                .orElse(List.of());
    }

    private Optional<Shape> bastion(String zone) {
        return spec.access().method() == AccessMethod.BASTION && zone.equals(zones.get(0))
                ? Optional.of(
                        new Shape("Bastion", OneLine.of(spec.access().bastion().instanceType()), group(BASTION)))
                : Optional.empty();
    }

    private Shape controlPlane() {
        String detail = sizes(spec.controlPlane().minSize(), spec.controlPlane().maxSize()) + " × "
                + line(spec.controlPlane().instanceTypes());
        if (spec.etcd().placement() == EtcdPlacement.STACKED) {
            detail +=
                    " · with " + spec.etcd().members() + (spec.etcd().members() == 1 ? " etcd member" : " etcd members")
                            + ", " + spec.etcd().volume();
        }
        return new Shape("Control plane", detail, group(CONTROL_PLANE));
    }

    private List<Shape> etcd(String zone) {
        if (spec.etcd().placement() == EtcdPlacement.STACKED) {
            return List.of();
        }
        String detail = OneLine.of(spec.etcd().instanceType()) + " · "
                + spec.etcd().volume() + (spec.etcd().events().isPresent() ? " · events" : "");
        return network.etcdMembers().stream()
                .filter(member -> member.zone().equals(zone))
                .map(member -> new Shape(member.name() + "  " + member.address(), detail, group(member.name())))
                .toList();
    }

    /* ---- pools ---- */

    private List<Pool> pools() {
        List<Pool> pools = new ArrayList<>();
        spec.nodePools()
                .forEach(pool -> pools.add(new Pool(
                        new Shape(OneLine.of(pool.name()), detail(pool), group(pool.name())),
                        new LinkedHashSet<>(pool.effectiveZones(spec.network())))));
        Set<String> known =
                spec.nodePools().stream().map(NodePoolSpec::name).collect(Collectors.toCollection(HashSet::new));
        known.addAll(List.of(CONTROL_PLANE, BASTION));
        network.etcdMembers().stream().map(PlannedEtcdMember::name).forEach(known::add);
        plan.changes(Action.DELETE).stream()
                .map(Change::resource)
                .filter(resource -> resource.kind().equals(GROUP)
                        && !known.contains(resource.name())
                        && !resource.name().startsWith("etcd-"))
                .forEach(resource -> pools.add(new Pool(
                        new Shape(OneLine.of(resource.name()), NO_LONGER, Optional.of(Action.DELETE)),
                        new LinkedHashSet<>(zones))));
        return pools;
    }

    private static String detail(NodePoolSpec pool) {
        return sizes(pool.minSize(), pool.maxSize()) + " × " + line(pool.instanceTypes())
                + (pool.usesSpot() ? " · spot" : "");
    }

    /** The pools that fit: when some must go, the ones that change stay. */
    private static List<Pool> drawn(List<Pool> pools) {
        if (pools.size() <= MOST_POOLS) {
            return pools;
        }
        Set<Pool> kept = new HashSet<>();
        pools.stream()
                .filter(pool -> pool.shape().change().isPresent())
                .limit(MOST_POOLS)
                .forEach(kept::add);
        pools.stream()
                .filter(pool -> pool.shape().change().isEmpty())
                .limit(MOST_POOLS - kept.size())
                .forEach(kept::add);
        return pools.stream().filter(kept::contains).toList();
    }

    private static String folded(List<Pool> pools, List<Pool> drawn) {
        int more = pools.size() - drawn.size();
        if (more == 0) {
            return "";
        }
        Map<Action, Integer> changes = new TreeMap<>();
        pools.stream()
                .filter(pool -> !drawn.contains(pool))
                .forEach(pool -> changes.merge(pool.shape().change().orElse(Action.NONE), 1, Integer::sum));
        return "… and " + more + " more: "
                + changes.entrySet().stream()
                        .map(count -> count.getValue() + " "
                                + (count.getKey() == Action.NONE ? "unchanged" : Headline.word(count.getKey())))
                        .collect(Collectors.joining(", "));
    }

    /* ---- who may talk to whom ---- */

    private List<Talk> talks(boolean pools) {
        record Pair(Place from, Place to) {}
        Map<Pair, Set<String>> ports = new LinkedHashMap<>();
        for (SecurityRule rule : rules.rules()) {
            Place from = place(rule.peer());
            Place to = place(rule.group());
            boolean drawn = pools || (from != Place.POOLS && to != Place.POOLS);
            // Replies about packet sizes are no conversation; the table has them.
            if (rule.direction() == Direction.INGRESS && rule.ports().protocol() != Protocol.ICMP && drawn) {
                ports.computeIfAbsent(new Pair(from, to), pair -> new LinkedHashSet<>())
                        .add(rule.ports().toString());
            }
        }
        return ports.entrySet().stream()
                .map(entry -> new Talk(entry.getKey().from(), entry.getKey().to(), few(entry.getValue())))
                .toList();
    }

    private Place place(Peer peer) {
        if (peer instanceof Peer.Group group) {
            return place(group.role());
        }
        if (peer instanceof Peer.NatGateway) {
            return Place.POOLS; // who stands behind it; most are nodes
        }
        return peer instanceof Peer.Block block && block.cidr().equals(network.podCidr()) ? Place.POOLS : Place.CLIENTS;
    }

    private static Place place(SecurityGroupRole role) {
        return switch (role) {
            case LOAD_BALANCER -> Place.LOAD_BALANCER;
            case CONTROL_PLANE -> Place.CONTROL_PLANE;
            case ETCD -> Place.ETCD;
            case NODE -> Place.POOLS;
            case BASTION -> Place.BASTION;
        };
    }

    private static String few(Collection<String> ports) {
        if (ports.contains("all")) {
            return "all";
        }
        int more = ports.size() - MOST_PORTS;
        String first = ports.stream().limit(MOST_PORTS).collect(Collectors.joining(", "));
        return more > 0 ? first + ", +" + more : first;
    }

    private List<Access> accesses() {
        return rules.rules().stream()
                .filter(rule -> rule.direction() == Direction.INGRESS)
                .map(rule -> new Access(
                        rule.peer().toString(),
                        new Peer.Group(rule.group()).toString(),
                        rule.ports().toString(),
                        rule.reason()))
                .toList();
    }

    /* ---- changes ---- */

    /** A group of machines changes when it or what only it uses does. */
    private Optional<Action> group(String name) {
        return change(GROUP, name).or(() -> touched(name, "launch-template", "volume", "network-interface"));
    }

    private Optional<Action> touched(String name, String... kinds) {
        return Arrays.stream(kinds).anyMatch(kind -> change(kind, name).isPresent())
                ? Optional.of(Action.UPDATE)
                : Optional.empty();
    }

    private Optional<Action> change(String kind, String name) {
        return action(plan.changes().stream()
                .filter(change -> change.resource().kind().equals(kind)
                        && change.resource().name().equals(name))
                .toList());
    }

    /** The change of a resource that a cluster has only one of, whatever its name. */
    private Optional<Action> only(String kind) {
        return action(plan.changes().stream()
                .filter(change -> change.resource().kind().equals(kind))
                .toList());
    }

    /** A duplicate that goes does not hide what happens to the one that stays. */
    private static Optional<Action> action(List<Change> changes) {
        return changes.stream()
                .filter(change ->
                        change.action() != Action.NONE && change.cause().kind() != Cause.Kind.DUPLICATE)
                .map(Change::action)
                .findFirst();
    }

    /* ---- words ---- */

    private static String sizes(int least, int most) {
        return least == most ? String.valueOf(least) : least + "–" + most;
    }

    private static String line(List<String> words) {
        return OneLine.of(String.join(", ", words));
    }

    private static String join(List<Cidr> cidrs, String between) {
        return cidrs.stream().map(Cidr::toString).collect(Collectors.joining(between));
    }
}
