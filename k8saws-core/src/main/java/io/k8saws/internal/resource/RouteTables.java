package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.plan.Risk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.ec2.model.ResourceType;

/** A route table. */
public final class RouteTables implements ResourceKind<RouteTables.RouteTable> {
    /** The kind's name. */
    public static final String KIND = "route-table";

    /** The error code for a table that does not exist. */
    static final String NOT_FOUND = "InvalidRouteTableID.NotFound";

    /** The fields of this kind. */
    public record RouteTable(
            @ReplaceOnChange Ref vpc, @Additive Map<String, String> tags) implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<RouteTable> attributes() {
        return RouteTable.class;
    }

    /** The cluster's route tables with routes and associations, read once for all kinds. */
    static List<software.amazon.awssdk.services.ec2.model.RouteTable> described(Reading reading) {
        return reading.once("DescribeRouteTables", () -> reading
                .aws()
                .ec2()
                .describeRouteTablesPaginator(request -> request.filters(Ec2Tags.owned(reading.scope())))
                .routeTables()
                .stream()
                .toList());
    }

    @Override
    public Found<RouteTable> read(Reading reading) {
        List<Observed<RouteTable>> found = new ArrayList<>();
        for (var table : described(reading)) {
            Map<String, String> tags = Ec2Tags.map(table.tags());
            Ec2Tags.address(reading.scope(), KIND, tags)
                    .ifPresent(address -> found.add(new Observed<>(
                            address,
                            table.routeTableId(),
                            Map.of(),
                            new RouteTable(
                                    Ref.id(table.vpcId()), reading.scope().ownTags(tags)),
                            Origin.OURS)));
        }
        return Found.of(found);
    }

    @Override
    public Made create(Step step, RouteTable wanted) {
        return Made.id(step.aws()
                .ec2()
                .createRouteTable(request -> request.vpcId(step.value(wanted.vpc()))
                        .clientToken(step.token())
                        .tagSpecifications(Ec2Tags.specification(ResourceType.ROUTE_TABLE, step.tags(wanted.tags()))))
                .routeTable()
                .routeTableId());
    }

    @Override
    public Made update(Step step, Observed<RouteTable> observed, RouteTable wanted, Set<String> fields) {
        Ec2Tags.converge(step, observed.id(), observed.attributes().tags(), wanted.tags(), fields);
        return Made.id(observed.id());
    }

    @Override
    public void delete(Step step, Observed<RouteTable> observed) {
        String id = observed.id();
        Ec2Deletion.send(
                step,
                id,
                Set.of(NOT_FOUND),
                Set.of("DependencyViolation"),
                () -> step.aws().ec2().deleteRouteTable(request -> request.routeTableId(id)),
                () -> users(step, id));
    }

    private static String users(Step step, String id) {
        return Ec2Deletion.names(step
                        .aws()
                        .ec2()
                        .describeRouteTablesPaginator(request -> request.filters(Ec2Tags.filter("route-table-id", id)))
                        .routeTables()
                        .stream()
                        .flatMap(table -> table.associations().stream())
                        .map(association -> association.subnetId() != null
                                ? association.subnetId()
                                : association.routeTableAssociationId())
                        .toList())
                .orElse("something that AWS does not name");
    }

    /** Subnets without a table of their own fall back to the VPC's main table, which leads nowhere. */
    @Override
    public Risk deletionRisk(Observed<RouteTable> observed) {
        return Risk.DISRUPTIVE;
    }
}
