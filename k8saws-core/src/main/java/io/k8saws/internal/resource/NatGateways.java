package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.plan.Risk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.NatGatewayAddress;
import software.amazon.awssdk.services.ec2.model.NatGatewayState;
import software.amazon.awssdk.services.ec2.model.ResourceType;

/** The way out for private subnets. */
public final class NatGateways implements ResourceKind<NatGateways.NatGateway> {
    /** The kind's name. */
    public static final String KIND = "nat-gateway";

    private static final Set<String> GONE = Set.of("NatGatewayNotFound", "InvalidNatGatewayID.NotFound");
    private static final Set<NatGatewayState> LEAVING = Set.of(NatGatewayState.DELETING, NatGatewayState.DELETED);

    // AWS takes a minute or two for either; these are the patience for a bad day
    private static final Duration UNTIL_AVAILABLE = Duration.ofMinutes(10);
    private static final Duration UNTIL_DELETED = Duration.ofMinutes(15);

    /**
     * The fields of this kind.
     *
     * @param subnet the public subnet it stands in
     * @param elasticIp its address
     * @param available false while AWS still works on it; no route can lead to it until then
     * @param tags further tags
     */
    public record NatGateway(
            @ReplaceOnChange Ref subnet,
            @ReplaceOnChange Ref elasticIp,
            boolean available,
            @Additive Map<String, String> tags)
            implements Attributes {
        /**
         * A wanted gateway, which is one that is available.
         *
         * @param subnet the public subnet it stands in
         * @param elasticIp its address
         * @param tags further tags
         */
        public NatGateway(Ref subnet, Ref elasticIp, Map<String, String> tags) {
            this(subnet, elasticIp, true, tags);
        }
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<NatGateway> attributes() {
        return NatGateway.class;
    }

    @Override
    public Found<NatGateway> read(Reading reading) {
        List<Observed<NatGateway>> found = new ArrayList<>();
        reading.aws()
                .ec2()
                .describeNatGatewaysPaginator(request -> request.filter(Ec2Tags.owned(reading.scope())))
                .natGateways()
                .forEach(gateway -> {
                    Map<String, String> tags = Ec2Tags.map(gateway.tags());
                    Ec2Tags.address(reading.scope(), KIND, tags)
                            .filter(address -> !LEAVING.contains(gateway.state()))
                            .ifPresent(address -> found.add(new Observed<>(
                                    address,
                                    gateway.natGatewayId(),
                                    Map.of(),
                                    new NatGateway(
                                            Ref.id(gateway.subnetId()),
                                            Ref.id(elasticIp(gateway)),
                                            gateway.state() == NatGatewayState.AVAILABLE,
                                            reading.scope().ownTags(tags)),
                                    Origin.OURS)));
                });
        return Found.of(found);
    }

    /** A failed gateway never gets its address and AWS cannot mend it: without the address it is seen as one to replace. */
    private static String elasticIp(software.amazon.awssdk.services.ec2.model.NatGateway gateway) {
        if (gateway.state() == NatGatewayState.FAILED) {
            return "none, failed: " + gateway.failureCode();
        }
        return gateway.natGatewayAddresses().stream()
                .map(NatGatewayAddress::allocationId)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("none");
    }

    @Override
    public Made create(Step step, NatGateway wanted) {
        String id = step.aws()
                .ec2()
                .createNatGateway(request -> request.subnetId(step.value(wanted.subnet()))
                        .allocationId(step.value(wanted.elasticIp()))
                        .clientToken(step.token())
                        .tagSpecifications(Ec2Tags.specification(ResourceType.NATGATEWAY, step.tags(wanted.tags()))))
                .natGateway()
                .natGatewayId();
        awaitAvailable(step, id);
        return Made.id(id);
    }

    @Override
    public Made update(Step step, Observed<NatGateway> observed, NatGateway wanted, Set<String> fields) {
        if (fields.contains("available")) {
            awaitAvailable(step, observed.id());
        }
        Ec2Tags.converge(step, observed.id(), observed.attributes().tags(), wanted.tags(), fields);
        return Made.id(observed.id());
    }

    private static void awaitAvailable(Step step, String id) {
        step.await("NAT gateway " + id + " to be available", UNTIL_AVAILABLE, () -> {
            var gateway = describe(step, id);
            if (gateway.isEmpty()) {
                return Optional.of("not visible yet");
            }
            if (gateway.get().state() == NatGatewayState.FAILED) {
                throw new K8sAwsException(
                        "Create " + step.address(),
                        "AWS made NAT gateway " + id + " and it failed: "
                                + gateway.get().failureMessage(),
                        "mend what AWS names, then plan and apply again, which replaces the gateway",
                        Map.of(
                                "natGateway",
                                id,
                                "code",
                                String.valueOf(gateway.get().failureCode())),
                        null);
            }
            return gateway.get().state() == NatGatewayState.AVAILABLE
                    ? Optional.empty()
                    : Optional.of(gateway.get().stateAsString());
        });
    }

    /** The gateway, empty while or when AWS does not know it. */
    private static Optional<software.amazon.awssdk.services.ec2.model.NatGateway> describe(Step step, String id) {
        try {
            return step.aws().ec2().describeNatGateways(request -> request.natGatewayIds(id)).natGateways().stream()
                    .findFirst();
        } catch (AwsCallException e) {
            if (GONE.contains(e.code())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void delete(Step step, Observed<NatGateway> observed) {
        String id = observed.id();
        Ec2Client ec2 = step.aws().ec2();
        try {
            ec2.deleteNatGateway(request -> request.natGatewayId(id));
        } catch (AwsCallException e) {
            if (!GONE.contains(e.code())) {
                throw e;
            }
            return;
        }
        // until then it holds on to its address and its subnet
        step.await("NAT gateway " + id + " to be deleted", UNTIL_DELETED, () -> describe(step, id)
                .filter(gateway -> gateway.state() != NatGatewayState.DELETED)
                .map(gateway -> gateway.stateAsString()));
    }

    @Override
    public Risk deletionRisk(Observed<NatGateway> observed) {
        return Risk.DESTRUCTIVE;
    }
}
