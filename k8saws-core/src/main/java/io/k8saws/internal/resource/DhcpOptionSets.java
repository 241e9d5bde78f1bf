package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.AttributeValue;
import software.amazon.awssdk.services.ec2.model.NewDhcpConfiguration;
import software.amazon.awssdk.services.ec2.model.ResourceType;

/** What instances learn by DHCP. */
public final class DhcpOptionSets implements ResourceKind<DhcpOptionSets.DhcpOptions> {
    /** The kind's name. */
    public static final String KIND = "dhcp-options";

    private static final String DOMAIN_NAME = "domain-name";
    private static final String NAME_SERVERS = "domain-name-servers";

    /** The fields of this kind; name servers are separated by commas. */
    public record DhcpOptions(
            @ReplaceOnChange String domainName,
            @ReplaceOnChange String nameServers,
            @Additive Map<String, String> tags) implements Attributes {
        /** Takes blanks out of the list of name servers. */
        public DhcpOptions {
            nameServers = nameServers.replace(" ", "");
        }
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<DhcpOptions> attributes() {
        return DhcpOptions.class;
    }

    @Override
    public Found<DhcpOptions> read(Reading reading) {
        List<Observed<DhcpOptions>> found = new ArrayList<>();
        reading.aws()
                .ec2()
                .describeDhcpOptionsPaginator(request -> request.filters(Ec2Tags.owned(reading.scope())))
                .dhcpOptions()
                .forEach(options -> {
                    Map<String, String> tags = Ec2Tags.map(options.tags());
                    Ec2Tags.address(reading.scope(), KIND, tags)
                            .ifPresent(address -> found.add(new Observed<>(
                                    address,
                                    options.dhcpOptionsId(),
                                    Map.of(),
                                    new DhcpOptions(
                                            value(options, DOMAIN_NAME),
                                            value(options, NAME_SERVERS),
                                            reading.scope().ownTags(tags)),
                                    Origin.OURS)));
                });
        return Found.of(found);
    }

    private static String value(software.amazon.awssdk.services.ec2.model.DhcpOptions options, String key) {
        return options.dhcpConfigurations().stream()
                .filter(configuration -> configuration.key().equals(key))
                .flatMap(configuration -> configuration.values().stream())
                .map(AttributeValue::value)
                .collect(Collectors.joining(","));
    }

    @Override
    public Made create(Step step, DhcpOptions wanted) {
        return Made.id(step.aws()
                .ec2()
                .createDhcpOptions(request -> request.dhcpConfigurations(
                                configuration(DOMAIN_NAME, wanted.domainName()),
                                configuration(NAME_SERVERS, wanted.nameServers().split(",")))
                        .tagSpecifications(Ec2Tags.specification(ResourceType.DHCP_OPTIONS, step.tags(wanted.tags()))))
                .dhcpOptions()
                .dhcpOptionsId());
    }

    private static NewDhcpConfiguration configuration(String key, String... values) {
        return NewDhcpConfiguration.builder().key(key).values(values).build();
    }

    @Override
    public Made update(Step step, Observed<DhcpOptions> observed, DhcpOptions wanted, Set<String> fields) {
        Ec2Tags.converge(step, observed.id(), observed.attributes().tags(), wanted.tags(), fields);
        return Made.id(observed.id());
    }

    @Override
    public void delete(Step step, Observed<DhcpOptions> observed) {
        String id = observed.id();
        Ec2Deletion.send(
                step,
                id,
                Set.of("InvalidDhcpOptionID.NotFound", "InvalidDhcpOptionsID.NotFound"),
                Set.of("DependencyViolation"),
                () -> step.aws().ec2().deleteDhcpOptions(request -> request.dhcpOptionsId(id)),
                () -> users(step, id));
    }

    private static String users(Step step, String id) {
        return Ec2Deletion.names(step
                        .aws()
                        .ec2()
                        .describeVpcsPaginator(request -> request.filters(Ec2Tags.filter("dhcp-options-id", id)))
                        .vpcs()
                        .stream()
                        .map(vpc -> vpc.vpcId())
                        .toList())
                .orElse("a VPC");
    }

    /** The VPC moves to the new set first, since a set in use cannot be deleted. */
    @Override
    public boolean createsBeforeDeleting() {
        return true;
    }
}
