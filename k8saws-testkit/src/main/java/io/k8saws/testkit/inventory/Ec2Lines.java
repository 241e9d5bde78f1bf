package io.k8saws.testkit.inventory;

import io.k8saws.testkit.AwsEndpoint;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.NatGatewayState;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.ResponseLaunchTemplateData;
import software.amazon.awssdk.services.ec2.model.Route;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.RouteTableAssociation;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.Subnet;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.Vpc;
import software.amazon.awssdk.services.ec2.model.VpcState;

/** The lines of EC2, and the names by which other services' lines refer to them. */
final class Ec2Lines {
    private final Ec2Client ec2;
    private final Lines lines;
    private final Map<String, String> names = new HashMap<>();
    private final Set<String> defaultVpcs = new HashSet<>();

    private Ec2Lines(Ec2Client ec2, Lines lines) {
        this.ec2 = ec2;
        this.lines = lines;
    }

    static Ec2Lines read(AwsEndpoint endpoint, Lines lines) {
        try (Ec2Client ec2 = endpoint.configure(Ec2Client.builder())
                .httpClient(Lines.CONNECTIONS)
                .build()) {
            Ec2Lines read = new Ec2Lines(ec2, lines);
            read.network();
            read.security();
            read.machines();
            read.edges();
            return read;
        }
    }

    /** Ids of EC2 and what people call them. */
    Map<String, String> names() {
        return Map.copyOf(names);
    }

    private void network() {
        Set<String> defaultDhcpOptions = new HashSet<>();
        List<Vpc> vpcs = ec2.describeVpcsPaginator().vpcs().stream()
                .filter(vpc -> vpc.state() == VpcState.AVAILABLE || vpc.state() == VpcState.PENDING)
                .toList();
        for (Vpc vpc : vpcs) {
            if (Boolean.TRUE.equals(vpc.isDefault())) {
                defaultVpcs.add(vpc.vpcId());
                defaultDhcpOptions.add(vpc.dhcpOptionsId());
                names.put(vpc.vpcId(), "default");
            } else {
                name(vpc.vpcId(), vpc.tags(), vpc.cidrBlock());
            }
        }
        ec2.describeDhcpOptionsPaginator().dhcpOptions().forEach(options -> {
            if (!defaultDhcpOptions.contains(options.dhcpOptionsId())) {
                String values = options.dhcpConfigurations().stream()
                        .map(one -> one.key() + ":"
                                + one.values().stream()
                                        .map(value -> value.value())
                                        .collect(Collectors.joining("+")))
                        .sorted()
                        .collect(Collectors.joining(","));
                lines.add(
                        "ec2/dhcp-options",
                        name(options.dhcpOptionsId(), options.tags(), ""),
                        "options",
                        values,
                        "tags",
                        tags(options.tags()));
            }
        });
        for (Vpc vpc : vpcs) {
            if (!defaultVpcs.contains(vpc.vpcId())) {
                lines.add(
                        "ec2/vpc",
                        named(vpc.vpcId()),
                        "cidr",
                        vpc.cidrBlock(),
                        "dhcp",
                        defaultDhcpOptions.contains(vpc.dhcpOptionsId()) ? null : names.get(vpc.dhcpOptionsId()),
                        "tags",
                        tags(vpc.tags()));
                vpc.cidrBlockAssociationSet().stream()
                        .filter(extra -> !extra.cidrBlock().equals(vpc.cidrBlock()))
                        .filter(extra ->
                                !"disassociated".equals(extra.cidrBlockState().stateAsString()))
                        .forEach(extra -> lines.add("ec2/vpc-cidr", extra.cidrBlock(), "vpc", named(vpc.vpcId())));
            }
        }
        ec2.describeSubnetsPaginator().subnets().forEach(this::subnet);
        ec2.describeInternetGatewaysPaginator().internetGateways().forEach(gateway -> {
            List<String> attached =
                    gateway.attachments().stream().map(one -> one.vpcId()).toList();
            name(gateway.internetGatewayId(), gateway.tags(), "igw");
            if (attached.stream().noneMatch(defaultVpcs::contains)) {
                lines.add(
                        "ec2/internet-gateway",
                        named(gateway.internetGatewayId()),
                        "vpc",
                        named(attached),
                        "tags",
                        tags(gateway.tags()));
            }
        });
        ec2.describeEgressOnlyInternetGatewaysPaginator()
                .egressOnlyInternetGateways()
                .forEach(gateway -> lines.add(
                        "ec2/egress-only-internet-gateway",
                        name(gateway.egressOnlyInternetGatewayId(), gateway.tags(), "eigw"),
                        "vpc",
                        named(gateway.attachments().stream()
                                .map(one -> one.vpcId())
                                .toList()),
                        "tags",
                        tags(gateway.tags())));
        ec2.describeAddresses()
                .addresses()
                .forEach(address -> lines.add(
                        "ec2/address",
                        name(address.allocationId(), address.tags(), "eip"),
                        "associated",
                        address.associationId() != null,
                        "tags",
                        tags(address.tags())));
        ec2.describeNatGatewaysPaginator().natGateways().stream()
                .filter(nat -> nat.state() != NatGatewayState.DELETED && nat.state() != NatGatewayState.DELETING)
                .forEach(nat -> lines.add(
                        "ec2/nat-gateway",
                        name(nat.natGatewayId(), nat.tags(), "nat"),
                        "subnet",
                        named(nat.subnetId()),
                        "state",
                        nat.stateAsString(),
                        "tags",
                        tags(nat.tags())));
        ec2.describeRouteTablesPaginator().routeTables().forEach(this::routeTable);
    }

    private void subnet(Subnet subnet) {
        name(subnet.subnetId(), subnet.tags(), subnet.cidrBlock());
        if (Boolean.TRUE.equals(subnet.defaultForAz())) {
            return;
        }
        lines.add(
                "ec2/subnet",
                named(subnet.subnetId()),
                "cidr",
                subnet.cidrBlock(),
                "zone",
                subnet.availabilityZone(),
                "vpc",
                named(subnet.vpcId()),
                "public",
                subnet.mapPublicIpOnLaunch(),
                "tags",
                tags(subnet.tags()));
    }

    private void routeTable(RouteTable table) {
        boolean main = table.associations().stream().anyMatch(one -> Boolean.TRUE.equals(one.main()));
        name(table.routeTableId(), table.tags(), main ? "main" : "rtb");
        List<Route> routes = table.routes().stream()
                .filter(route -> !"local".equals(route.gatewayId()))
                .toList();
        if (main && defaultVpcs.contains(table.vpcId()) && table.tags().isEmpty()) {
            return;
        }
        if (!main || !table.tags().isEmpty()) {
            lines.add(
                    "ec2/route-table",
                    named(table.routeTableId()),
                    "vpc",
                    named(table.vpcId()),
                    "tags",
                    tags(table.tags()));
        }
        for (Route route : routes) {
            String destination = Stream.of(
                            route.destinationCidrBlock(),
                            route.destinationIpv6CidrBlock(),
                            route.destinationPrefixListId())
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse("-");
            String target = Stream.of(
                            route.natGatewayId(),
                            route.gatewayId(),
                            route.egressOnlyInternetGatewayId(),
                            route.networkInterfaceId(),
                            route.instanceId(),
                            route.transitGatewayId(),
                            route.vpcPeeringConnectionId())
                    .filter(Objects::nonNull)
                    .findFirst()
                    .map(this::named)
                    .orElse("-");
            lines.add(
                    "ec2/route",
                    destination,
                    "to",
                    target,
                    "table",
                    named(table.routeTableId()),
                    "vpc",
                    named(table.vpcId()));
        }
        for (RouteTableAssociation association : table.associations()) {
            if (association.subnetId() != null) {
                lines.add(
                        "ec2/route-table-association",
                        named(association.subnetId()),
                        "table",
                        named(table.routeTableId()));
            }
        }
    }

    private void security() {
        List<SecurityGroup> groups =
                ec2.describeSecurityGroupsPaginator().securityGroups().stream().toList();
        groups.forEach(group -> names.put(group.groupId(), group.groupName()));
        for (SecurityGroup group : groups) {
            if (!group.groupName().equals("default")) {
                lines.add(
                        "ec2/security-group",
                        group.groupName(),
                        "vpc",
                        named(group.vpcId()),
                        "tags",
                        tags(group.tags()));
                group.ipPermissions().forEach(rule -> rules(group, "in", rule));
                group.ipPermissionsEgress().forEach(rule -> rules(group, "out", rule));
            }
        }
        ec2.describeNetworkAclsPaginator().networkAcls().stream()
                .filter(acl -> !Boolean.TRUE.equals(acl.isDefault()))
                .forEach(acl -> lines.add(
                        "ec2/network-acl",
                        name(acl.networkAclId(), acl.tags(), "acl"),
                        "vpc",
                        named(acl.vpcId()),
                        "entries",
                        acl.entries().size(),
                        "tags",
                        tags(acl.tags())));
        ec2.describeKeyPairs()
                .keyPairs()
                .forEach(key -> lines.add("ec2/key-pair", key.keyName(), "tags", tags(key.tags())));
    }

    private void rules(SecurityGroup group, String direction, IpPermission rule) {
        Stream<String> peers = Stream.of(
                        rule.ipRanges().stream().map(range -> range.cidrIp()),
                        rule.ipv6Ranges().stream().map(range -> range.cidrIpv6()),
                        rule.prefixListIds().stream().map(list -> list.prefixListId()),
                        rule.userIdGroupPairs().stream().map(pair -> named(pair.groupId())))
                .flatMap(stream -> stream);
        String ports = rule.fromPort() == null ? "all" : rule.fromPort() + "-" + rule.toPort();
        peers.forEach(peer -> lines.add(
                "ec2/security-group-rule",
                group.groupName(),
                "direction",
                direction,
                "protocol",
                rule.ipProtocol(),
                "ports",
                ports,
                "peer",
                peer));
    }

    private void machines() {
        ec2.describeLaunchTemplatesPaginator().launchTemplates().forEach(template -> {
            names.put(template.launchTemplateId(), template.launchTemplateName());
            ec2.describeLaunchTemplateVersions(request -> request.launchTemplateId(template.launchTemplateId())
                            .versions("$Latest"))
                    .launchTemplateVersions()
                    .forEach(version -> launchTemplate(
                            template.launchTemplateName(), version.launchTemplateData(), tags(template.tags())));
        });
        ec2.describeInstancesPaginator().reservations().stream()
                .flatMap(reservation -> reservation.instances().stream())
                .filter(instance -> instance.state().name() != InstanceStateName.TERMINATED
                        && instance.state().name() != InstanceStateName.SHUTTING_DOWN)
                .forEach(this::instance);
        ec2.describeVolumesPaginator().volumes().stream()
                .filter(volume ->
                        !"deleted".equals(volume.stateAsString()) && !"deleting".equals(volume.stateAsString()))
                .forEach(volume -> lines.add(
                        "ec2/volume",
                        name(volume.volumeId(), volume.tags(), "vol"),
                        "type",
                        volume.volumeTypeAsString(),
                        "size",
                        volume.size(),
                        "zone",
                        volume.availabilityZone(),
                        "attached",
                        !volume.attachments().isEmpty(),
                        "tags",
                        tags(volume.tags())));
        ec2.describeSnapshotsPaginator(request -> request.ownerIds("self")).snapshots().stream()
                // AWS's own images have snapshots, too; an emulator may give them to this account.
                .filter(snapshot -> !snapshot.tags().isEmpty()
                        || !Objects.requireNonNullElse(snapshot.description(), "")
                                .startsWith("Auto-created snapshot for AMI"))
                .forEach(snapshot -> lines.add(
                        "ec2/snapshot",
                        name(snapshot.snapshotId(), snapshot.tags(), "snap"),
                        "size",
                        snapshot.volumeSize(),
                        "tags",
                        tags(snapshot.tags())));
        ec2.describeImagesPaginator(request -> request.owners("self"))
                .images()
                .forEach(image -> lines.add("ec2/image", image.name(), "tags", tags(image.tags())));
    }

    private void launchTemplate(String name, ResponseLaunchTemplateData data, Map<String, String> tags) {
        lines.add(
                "ec2/launch-template",
                name,
                "type",
                data.instanceTypeAsString(),
                "key",
                data.keyName(),
                "profile",
                data.iamInstanceProfile() == null
                        ? null
                        : data.iamInstanceProfile().name(),
                "groups",
                named(Stream.concat(
                                data.securityGroupIds().stream(),
                                data.networkInterfaces().stream().flatMap(nic -> nic.groups().stream()))
                        .toList()),
                "tags",
                tags);
    }

    private void instance(Instance instance) {
        lines.add(
                "ec2/instance",
                name(instance.instanceId(), instance.tags(), "i"),
                "type",
                instance.instanceTypeAsString(),
                "state",
                instance.state().nameAsString(),
                "subnet",
                named(instance.subnetId()),
                "tags",
                tags(instance.tags()));
    }

    private void edges() {
        ec2.describeNetworkInterfacesPaginator().networkInterfaces().forEach(this::networkInterface);
        ec2.describeVpcEndpointsPaginator().vpcEndpoints().stream()
                .filter(endpoint -> !"deleted".equalsIgnoreCase(endpoint.stateAsString()))
                .forEach(endpoint -> lines.add(
                        "ec2/vpc-endpoint",
                        name(endpoint.vpcEndpointId(), endpoint.tags(), endpoint.serviceName()),
                        "service",
                        endpoint.serviceName(),
                        "vpc",
                        named(endpoint.vpcId()),
                        "tags",
                        tags(endpoint.tags())));
        ec2.describeVpcPeeringConnectionsPaginator().vpcPeeringConnections().stream()
                .filter(peering -> !"deleted".equals(peering.status().codeAsString()))
                .forEach(peering -> lines.add(
                        "ec2/vpc-peering",
                        name(peering.vpcPeeringConnectionId(), peering.tags(), "pcx"),
                        "tags",
                        tags(peering.tags())));
    }

    private void networkInterface(NetworkInterface nic) {
        lines.add(
                "ec2/network-interface",
                Stream.concat(
                                nic.tagSet().stream()
                                        .filter(tag -> tag.key().equals("Name"))
                                        .map(Tag::value),
                                Stream.ofNullable(nic.description()))
                        .filter(text -> !text.isEmpty())
                        .findFirst()
                        .orElse("eni"),
                "subnet",
                named(nic.subnetId()),
                "groups",
                named(nic.groups().stream().map(group -> group.groupId()).toList()),
                "attached",
                nic.attachment() != null,
                "tags",
                tags(nic.tagSet()));
    }

    private String name(String id, List<Tag> tags, String otherwise) {
        String name = tags.stream()
                .filter(tag -> tag.key().equals("Name"))
                .map(Tag::value)
                .findFirst()
                .orElse(otherwise);
        names.put(id, name);
        return name;
    }

    private String named(@Nullable String id) {
        return id == null ? "-" : names.getOrDefault(id, id);
    }

    private Set<String> named(List<String> ids) {
        return ids.stream().map(this::named).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<String, String> tags(List<Tag> tags) {
        return Lines.tags(tags.stream().collect(Collectors.toMap(Tag::key, Tag::value)));
    }
}
