package io.k8saws.plan;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the drawing of a cluster shows, without any coordinates.
 *
 * @param frame the VPC
 * @param clients who is outside: the blocks that may reach the API
 * @param internetGateway the VPC's way to the internet, where it has one
 * @param loadBalancer in front of the API servers
 * @param zones the columns, in the spec's order
 * @param controlPlane the control plane's group of machines
 * @param pools the node pools that are drawn
 * @param folded what stands for the pools that are not drawn; empty when all are
 * @param talks the arrows
 * @param accesses who may talk to whom, rule by rule
 */
record ClusterMap(
        Shape frame,
        Shape clients,
        Optional<Shape> internetGateway,
        Shape loadBalancer,
        List<ZoneColumn> zones,
        Shape controlPlane,
        List<Pool> pools,
        String folded,
        List<Talk> talks,
        List<Access> accesses) {

    /** The map of what a plan asks for, with what it changes; the plan must have a spec. */
    static ClusterMap of(Plan plan) {
        return new Cartographer(plan, plan.spec().orElseThrow()).map();
    }

    /**
     * What the plan does to things on the map: the words of a legend.
     *
     * @return each action once; {@link Action#NONE} when the map shows something that stays as it is
     */
    Set<Action> actions() {
        Stream<Shape> inZones = zones.stream().flatMap(zone -> Stream.of(
                        zone.outer().stream(),
                        Stream.of(zone.inner()),
                        zone.gateways().stream(),
                        zone.bastion().stream(),
                        zone.etcd().stream())
                .flatMap(Function.identity()));
        return Stream.of(
                        Stream.of(frame, loadBalancer, controlPlane),
                        internetGateway.stream(),
                        inZones,
                        pools.stream().map(Pool::shape))
                .flatMap(Function.identity())
                .map(shape -> shape.change().orElse(Action.NONE))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Action.class)));
    }

    /**
     * One thing with a name.
     *
     * @param title its name
     * @param detail what it is made of, in a few words
     * @param change what the plan does to it
     */
    record Shape(String title, String detail, Optional<Action> change) {}

    /**
     * One availability zone.
     *
     * @param name the zone's name
     * @param outer the public subnet of a cluster with private machines; empty when all machines are public
     * @param inner the subnet of the machines
     * @param gateways the NAT gateways in the outer subnet, with one that goes
     * @param bastion the bastion, when it stands in this zone: below the gateways, or on top of the inner subnet when there is no outer one
     * @param etcd the etcd members of the zone, when they have machines of their own
     */
    record ZoneColumn(
            String name,
            Optional<Shape> outer,
            Shape inner,
            List<Shape> gateways,
            Optional<Shape> bastion,
            List<Shape> etcd) {}

    /**
     * One node pool.
     *
     * @param shape its name, sizes and instance types
     * @param zones the zones it spans
     */
    record Pool(Shape shape, Set<String> zones) {}

    /** Where an arrow begins or ends. */
    enum Place {
        CLIENTS(0),
        LOAD_BALANCER(1),
        BASTION(2),
        CONTROL_PLANE(3),
        ETCD(4),
        POOLS(5);

        private final int row;

        Place(int row) {
            this.row = row;
        }

        /** Its place from top to bottom. */
        int row() {
            return row;
        }
    }

    /**
     * An arrow.
     *
     * @param from who opens the connection
     * @param to who accepts it
     * @param ports the protocols and ports, in a few words
     */
    record Talk(Place from, Place to, String ports) {}

    /**
     * A row of the table of who may talk to whom.
     *
     * @param from who opens the connection
     * @param to who accepts it
     * @param ports the protocol and ports
     * @param why what it is for
     */
    record Access(String from, String to, String ports, String why) {}
}
