package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.RouteOrigin;

/**
 * A route to an internet or NAT gateway. Routes have no tags: the default route of each of our tables is ours, all others (but the VPC's own) are foreign.
 */
public final class Routes implements ResourceKind<Routes.Route> {
    /** The kind's name. */
    public static final String KIND = "route";

    private static final String DEFAULT = "0.0.0.0/0";
    private static final String LOCAL = "local";

    /** The fields of this kind. */
    public record Route(
            @ReplaceOnChange Ref routeTable,
            @ReplaceOnChange String destination,
            Optional<Ref> internetGateway,
            Optional<Ref> natGateway)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<Route> attributes() {
        return Route.class;
    }

    @Override
    public Found<Route> read(Reading reading) {
        List<Observed<Route>> found = new ArrayList<>();
        List<Foreign> foreign = new ArrayList<>();
        for (var table : RouteTables.described(reading)) {
            Optional<ResourceAddress> owner =
                    Ec2Tags.address(reading.scope(), RouteTables.KIND, Ec2Tags.map(table.tags()));
            if (owner.isEmpty()) {
                continue;
            }
            for (var route : table.routes()) {
                if (DEFAULT.equals(route.destinationCidrBlock()) && oursByTarget(route)) {
                    found.add(new Observed<>(
                            new ResourceAddress(KIND, owner.get().name() + "-default"),
                            id(table.routeTableId(), DEFAULT),
                            Map.of(),
                            new Route(
                                    Ref.id(table.routeTableId()),
                                    DEFAULT,
                                    starting(route.gatewayId(), "igw-").map(Ref::id),
                                    Optional.ofNullable(route.natGatewayId()).map(Ref::id)),
                            Origin.OURS));
                } else if (route.origin() != RouteOrigin.CREATE_ROUTE_TABLE && !LOCAL.equals(route.gatewayId())) {
                    foreign.add(new Foreign(
                            owner.get(), "route " + destination(route) + " via " + target(route), owner(route)));
                }
            }
        }
        return new Found<>(found, foreign);
    }

    /** We send traffic out through internet and NAT gateways only. A default route to anything else is its maker's, who may have asked us for none. */
    private static boolean oursByTarget(software.amazon.awssdk.services.ec2.model.Route route) {
        return route.natGatewayId() != null
                || starting(route.gatewayId(), "igw-").isPresent();
    }

    private static String id(String table, String destination) {
        return table + " " + destination;
    }

    private static Optional<String> starting(@Nullable String id, String prefix) {
        return Optional.ofNullable(id).filter(text -> text.startsWith(prefix));
    }

    private static String destination(software.amazon.awssdk.services.ec2.model.Route route) {
        return first(route.destinationCidrBlock(), route.destinationIpv6CidrBlock(), route.destinationPrefixListId());
    }

    private static String target(software.amazon.awssdk.services.ec2.model.Route route) {
        return first(
                route.gatewayId(),
                route.natGatewayId(),
                route.instanceId(), // before the interface, which AWS adds to it
                route.networkInterfaceId(),
                route.transitGatewayId(),
                route.vpcPeeringConnectionId(),
                route.egressOnlyInternetGatewayId(),
                route.localGatewayId(),
                route.carrierGatewayId(),
                route.coreNetworkArn());
    }

    private static String first(@Nullable String... texts) {
        return Stream.of(texts).filter(Objects::nonNull).findFirst().orElse(Owners.UNKNOWN);
    }

    private static String owner(software.amazon.awssdk.services.ec2.model.Route route) {
        if (route.origin() == RouteOrigin.ENABLE_VGW_ROUTE_PROPAGATION) {
            return "route propagation of " + target(route);
        }
        return starting(route.gatewayId(), "vpce-")
                .map(id -> "VPC endpoint " + id)
                .orElse(Owners.UNKNOWN);
    }

    @Override
    public Made create(Step step, Route wanted) {
        String table = step.value(wanted.routeTable());
        try {
            step.aws().ec2().createRoute(request -> request.routeTableId(table)
                    .destinationCidrBlock(wanted.destination())
                    .gatewayId(value(step, wanted.internetGateway()))
                    .natGatewayId(value(step, wanted.natGateway())));
        } catch (AwsCallException e) {
            if (!e.code().equals("RouteAlreadyExists")) {
                throw e;
            }
            replace(step, table, wanted); // whoever wants a default route of ours wants it instead of what is there
        }
        return Made.id(id(table, wanted.destination()));
    }

    @Override
    public Made update(Step step, Observed<Route> observed, Route wanted, Set<String> fields) {
        replace(step, step.value(observed.attributes().routeTable()), wanted);
        return Made.id(observed.id());
    }

    private static void replace(Step step, String table, Route wanted) {
        step.aws().ec2().replaceRoute(request -> request.routeTableId(table)
                .destinationCidrBlock(wanted.destination())
                .gatewayId(value(step, wanted.internetGateway()))
                .natGatewayId(value(step, wanted.natGateway())));
    }

    private static @Nullable String value(Step step, Optional<Ref> target) {
        return target.map(step::value).orElse(null);
    }

    @Override
    public void delete(Step step, Observed<Route> observed) {
        Ec2Client ec2 = step.aws().ec2();
        try {
            ec2.deleteRoute(request -> request.routeTableId(
                            step.value(observed.attributes().routeTable()))
                    .destinationCidrBlock(observed.attributes().destination()));
        } catch (AwsCallException e) {
            if (!Set.of("InvalidRoute.NotFound", RouteTables.NOT_FOUND).contains(e.code())) {
                throw e;
            }
        }
    }

    @Override
    public Risk deletionRisk(Observed<Route> observed) {
        return Risk.DISRUPTIVE;
    }
}
