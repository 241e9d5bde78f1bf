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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.RouteTableAssociationStateCode;

/** Which route table a subnet uses. */
public final class RouteTableAssociations implements ResourceKind<RouteTableAssociations.RouteTableAssociation> {
    /** The kind's name. */
    public static final String KIND = "route-table-association";

    private static final String NOT_FOUND = "InvalidAssociationID.NotFound";
    private static final Set<RouteTableAssociationStateCode> LEAVING = Set.of(
            RouteTableAssociationStateCode.DISASSOCIATING,
            RouteTableAssociationStateCode.DISASSOCIATED,
            RouteTableAssociationStateCode.FAILED);

    /** The fields of this kind. */
    public record RouteTableAssociation(
            Ref routeTable, @ReplaceOnChange Ref subnet) implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<RouteTableAssociation> attributes() {
        return RouteTableAssociation.class;
    }

    @Override
    public Found<RouteTableAssociation> read(Reading reading) {
        Map<String, String> names = subnetNames(reading);
        List<Observed<RouteTableAssociation>> found = new ArrayList<>();
        List<Foreign> foreign = new ArrayList<>();
        for (var table : RouteTables.described(reading)) {
            Optional<ResourceAddress> owner =
                    Ec2Tags.address(reading.scope(), RouteTables.KIND, Ec2Tags.map(table.tags()));
            if (owner.isEmpty()) {
                continue;
            }
            for (var association : table.associations()) {
                if (!there(association)) {
                    continue;
                }
                Optional<String> subnet = Optional.ofNullable(association.subnetId());
                Optional<String> name = subnet.map(names::get);
                if (name.isPresent()) {
                    found.add(new Observed<>(
                            new ResourceAddress(KIND, name.get()),
                            association.routeTableAssociationId(),
                            Map.of(),
                            new RouteTableAssociation(Ref.id(table.routeTableId()), Ref.id(association.subnetId())),
                            Origin.OURS));
                } else {
                    foreign.add(new Foreign(
                            owner.get(),
                            "association with " + subnet.orElseGet(association::gatewayId),
                            Owners.UNKNOWN));
                }
            }
        }
        return new Found<>(found, foreign);
    }

    /** The association of the main table is not with a subnet; it comes and goes with the VPC. */
    private static boolean there(software.amazon.awssdk.services.ec2.model.RouteTableAssociation association) {
        boolean main = Boolean.TRUE.equals(association.main());
        boolean leaving = association.associationState() != null
                && LEAVING.contains(association.associationState().state());
        return !main && !leaving;
    }

    private static Map<String, String> subnetNames(Reading reading) {
        Map<String, String> names = new HashMap<>();
        for (var subnet : Subnets.described(reading)) {
            Ec2Tags.address(reading.scope(), Subnets.KIND, Ec2Tags.map(subnet.tags()))
                    .ifPresent(address -> names.put(subnet.subnetId(), address.name()));
        }
        return names;
    }

    @Override
    public Made create(Step step, RouteTableAssociation wanted) {
        String table = step.value(wanted.routeTable());
        String subnet = step.value(wanted.subnet());
        try {
            return Made.id(step.aws()
                    .ec2()
                    .associateRouteTable(request -> request.routeTableId(table).subnetId(subnet))
                    .associationId());
        } catch (AwsCallException e) {
            if (!e.code().equals("Resource.AlreadyAssociated")) {
                throw e;
            }
            return Made.id(takeOver(step, table, subnet, e));
        }
    }

    /** Somebody gave our subnet to another table, which a read by our tags does not see; a subnet has one table, so it is moved. */
    private static String takeOver(Step step, String table, String subnet, AwsCallException refused) {
        var existing = step
                .aws()
                .ec2()
                .describeRouteTablesPaginator(
                        request -> request.filters(Ec2Tags.filter("association.subnet-id", subnet)))
                .routeTables()
                .stream()
                .flatMap(found -> found.associations().stream())
                .filter(association -> subnet.equals(association.subnetId()) && there(association))
                .findFirst()
                .orElseThrow(() -> refused);
        return table.equals(existing.routeTableId())
                ? existing.routeTableAssociationId()
                : replace(step, existing.routeTableAssociationId(), table);
    }

    @Override
    public Made update(
            Step step, Observed<RouteTableAssociation> observed, RouteTableAssociation wanted, Set<String> fields) {
        return Made.id(replace(step, observed.id(), step.value(wanted.routeTable())));
    }

    /** The subnet has a table at every moment; the association gets a new id. */
    private static String replace(Step step, String association, String table) {
        return step.aws()
                .ec2()
                .replaceRouteTableAssociation(
                        request -> request.associationId(association).routeTableId(table))
                .newAssociationId();
    }

    @Override
    public void delete(Step step, Observed<RouteTableAssociation> observed) {
        Ec2Client ec2 = step.aws().ec2();
        try {
            ec2.disassociateRouteTable(request -> request.associationId(observed.id()));
        } catch (AwsCallException e) {
            if (!e.code().equals(NOT_FOUND)) {
                throw e;
            }
        }
    }

    @Override
    public Risk deletionRisk(Observed<RouteTableAssociation> observed) {
        return Risk.DISRUPTIVE;
    }
}
