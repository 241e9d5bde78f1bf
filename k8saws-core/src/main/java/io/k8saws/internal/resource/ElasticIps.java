package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.plan.Risk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.DomainType;
import software.amazon.awssdk.services.ec2.model.ResourceType;

/** A fixed public address. */
public final class ElasticIps implements ResourceKind<ElasticIps.ElasticIp> {
    /** The kind's name. */
    public static final String KIND = "elastic-ip";

    /** The output that holds the address itself. */
    public static final String PUBLIC_IP = "publicIp";

    /** The output that holds the address as a block of one, as security group rules write it. */
    public static final String PUBLIC_CIDR = "publicCidr";

    /** The fields of this kind. */
    public record ElasticIp(@Additive Map<String, String> tags) implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<ElasticIp> attributes() {
        return ElasticIp.class;
    }

    @Override
    public Found<ElasticIp> read(Reading reading) {
        List<Observed<ElasticIp>> found = new ArrayList<>();
        reading.aws()
                .ec2()
                .describeAddresses(request -> request.filters(Ec2Tags.owned(reading.scope())))
                .addresses()
                .forEach(ip -> {
                    Map<String, String> tags = Ec2Tags.map(ip.tags());
                    Ec2Tags.address(reading.scope(), KIND, tags)
                            .ifPresent(address -> found.add(new Observed<>(
                                    address,
                                    ip.allocationId(),
                                    outputs(ip.publicIp()),
                                    new ElasticIp(reading.scope().ownTags(tags)),
                                    Origin.OURS)));
                });
        return Found.of(found);
    }

    @Override
    public Made create(Step step, ElasticIp wanted) {
        var made = step.aws().ec2().allocateAddress(request -> request.domain(DomainType.VPC)
                .tagSpecifications(Ec2Tags.specification(ResourceType.ELASTIC_IP, step.tags(wanted.tags()))));
        return new Made(made.allocationId(), outputs(made.publicIp()));
    }

    private static Map<String, String> outputs(String publicIp) {
        return Map.of(PUBLIC_IP, publicIp, PUBLIC_CIDR, publicIp + "/32");
    }

    @Override
    public Made update(Step step, Observed<ElasticIp> observed, ElasticIp wanted, Set<String> fields) {
        Ec2Tags.converge(step, observed.id(), observed.attributes().tags(), wanted.tags(), fields);
        return new Made(observed.id(), observed.outputs());
    }

    @Override
    public void delete(Step step, Observed<ElasticIp> observed) {
        String id = observed.id();
        Ec2Deletion.send(
                step,
                id,
                Set.of("InvalidAllocationID.NotFound"),
                Set.of("InvalidIPAddress.InUse", "InvalidAddress.Locked", "DependencyViolation"),
                () -> step.aws().ec2().releaseAddress(request -> request.allocationId(id)),
                () -> users(step, id));
    }

    private static String users(Step step, String id) {
        return Ec2Deletion.names(step
                        .aws()
                        .ec2()
                        .describeAddresses(request -> request.filters(Ec2Tags.filter("allocation-id", id)))
                        .addresses()
                        .stream()
                        .flatMap(ip -> Stream.of(ip.instanceId(), ip.networkInterfaceId()))
                        .filter(user -> user != null && !user.isEmpty())
                        .toList())
                .orElse("something that AWS does not name");
    }

    /** A released address cannot be had again, and others may have written it into their firewalls. */
    @Override
    public Risk deletionRisk(Observed<ElasticIp> observed) {
        return Risk.DESTRUCTIVE;
    }
}
