package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.Ipv6Range;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRuleRequest;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRuleUpdate;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.UserIdGroupPair;

/** One rule of a security group. */
public final class SecurityGroupRules implements ResourceKind<SecurityGroupRules.SecurityGroupRule> {
    /** The kind's name. */
    public static final String KIND = "security-group-rule";

    /** The direction of a rule about what may come in. */
    public static final String INGRESS = "ingress";

    /** The direction of a rule about what may go out. */
    public static final String EGRESS = "egress";

    /** The error codes for a rule or a group that does not exist. */
    static final Set<String> GONE = Set.of(
            "InvalidSecurityGroupRuleId.NotFound",
            "InvalidPermission.NotFound",
            SecurityGroups.NOT_FOUND,
            "InvalidGroupId.NotFound");

    private static final String ALL = "-1";
    private static final Map<String, String> PROTOCOLS =
            Map.of("all", ALL, "6", "tcp", "17", "udp", "1", "icmp", "58", "icmpv6");
    private static final Set<String> WITH_PORTS = Set.of("tcp", "udp", "icmp", "icmpv6");
    private static final Map<String, String> DEFAULT_EGRESS =
            Map.of("0.0.0.0/0", "-default-egress", "::/0", "-default-egress-ipv6");

    /** The most values that EC2 takes in a filter. */
    private static final int FILTER_VALUES = 200;

    /** How often a rule is sent: others delete the one that stands in the way at the same time. */
    private static final int ATTEMPTS = 3;

    /**
     * The fields of this kind.
     *
     * @param group the group that has the rule
     * @param direction {@link #INGRESS} or {@link #EGRESS}
     * @param protocol a name or number; {@code -1} or {@code all} for all
     * @param fromPort the first port or the ICMP type; -1 where the protocol has neither
     * @param toPort the last port or the ICMP code; -1 where the protocol has neither
     * @param peerGroup the group on the other side
     * @param peerCidr the address range on the other side: a known one, or an output that holds one
     * @param description for people, may be empty
     * @param tags further tags
     */
    public record SecurityGroupRule(
            @ReplaceOnChange Ref group,
            @ReplaceOnChange String direction,
            @ReplaceOnChange String protocol,
            @ReplaceOnChange int fromPort,
            @ReplaceOnChange int toPort,
            @ReplaceOnChange Optional<Ref> peerGroup,
            @ReplaceOnChange Optional<Ref> peerCidr,
            String description,
            @Additive Map<String, String> tags)
            implements Attributes {
        /** Writes protocols as EC2 returns them, and takes away ports where EC2 ignores them (AuthorizeSecurityGroupIngress, IpPermission). */
        public SecurityGroupRule {
            direction = direction.toLowerCase(Locale.ROOT);
            protocol = protocol.toLowerCase(Locale.ROOT);
            protocol = PROTOCOLS.getOrDefault(protocol, protocol);
            if (!WITH_PORTS.contains(protocol)) {
                fromPort = -1;
                toPort = -1;
            }
        }
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<SecurityGroupRule> attributes() {
        return SecurityGroupRule.class;
    }

    @Override
    public Found<SecurityGroupRule> read(Reading reading) {
        Map<String, ResourceAddress> ours = new LinkedHashMap<>();
        Set<String> controllers = new HashSet<>();
        for (var group : SecurityGroups.described(reading)) {
            Optional<ResourceAddress> address = reading.scope().addressIn(Ec2Tags.map(group.tags()));
            if (address.isEmpty()) {
                controllers.add(group.groupId());
            } else if (address.get().kind().equals(SecurityGroups.KIND)) {
                ours.put(group.groupId(), address.get());
            }
        }
        List<Observed<SecurityGroupRule>> found = new ArrayList<>();
        List<Foreign> foreign = new ArrayList<>();
        for (var rule : describe(reading.aws().ec2(), List.copyOf(ours.keySet()))) {
            ResourceAddress group = ours.get(rule.groupId());
            if (group == null) {
                continue;
            }
            Map<String, String> tags = Ec2Tags.map(rule.tags());
            Optional<ResourceAddress> address = Ec2Tags.address(reading.scope(), KIND, tags)
                    .or(() -> defaultEgress(rule).map(name -> new ResourceAddress(KIND, group.name() + name)));
            if (address.isPresent()) {
                found.add(new Observed<>(
                        address.get(),
                        rule.securityGroupRuleId(),
                        Map.of(),
                        attributes(rule, reading.scope().ownTags(tags)),
                        Origin.OURS));
            } else {
                String peer = peerGroup(rule).orElse("");
                String owner = Owners.of(tags, text(rule.description()));
                foreign.add(new Foreign(
                        group,
                        describe(rule),
                        owner.equals(Owners.UNKNOWN) && controllers.contains(peer)
                                ? "the owner of " + peer + ", a controller in the cluster"
                                : owner));
            }
        }
        return new Found<>(found, foreign);
    }

    private static List<software.amazon.awssdk.services.ec2.model.SecurityGroupRule> describe(
            Ec2Client ec2, List<String> groups) {
        List<software.amazon.awssdk.services.ec2.model.SecurityGroupRule> rules = new ArrayList<>();
        for (int start = 0; start < groups.size(); start += FILTER_VALUES) {
            List<String> some = groups.subList(start, Math.min(groups.size(), start + FILTER_VALUES));
            ec2.describeSecurityGroupRulesPaginator(request -> request.filters(
                            Filter.builder().name("group-id").values(some).build()))
                    .securityGroupRules()
                    .forEach(rules::add);
        }
        return rules;
    }

    /**
     * Whether a rule is the one that AWS adds to each new group.
     *
     * @param rule a resource's address
     * @return false for every rule that a spec asks for
     */
    public static boolean isDefaultEgress(ResourceAddress rule) {
        return rule.kind().equals(KIND) && DEFAULT_EGRESS.values().stream().anyMatch(rule.name()::endsWith);
    }

    /** The end of the name that the rule has which AWS adds to each new group, if this is one. */
    private static Optional<String> defaultEgress(software.amazon.awssdk.services.ec2.model.SecurityGroupRule rule) {
        return rule.isEgress()
                        && ALL.equals(rule.ipProtocol())
                        && rule.tags().isEmpty()
                        && text(rule.description()).isEmpty()
                ? peerCidr(rule).map(DEFAULT_EGRESS::get)
                : Optional.empty();
    }

    private static SecurityGroupRule attributes(
            software.amazon.awssdk.services.ec2.model.SecurityGroupRule rule, Map<String, String> tags) {
        return new SecurityGroupRule(
                Ref.id(rule.groupId()),
                rule.isEgress() ? EGRESS : INGRESS,
                rule.ipProtocol(),
                rule.fromPort() == null ? -1 : rule.fromPort(),
                rule.toPort() == null ? -1 : rule.toPort(),
                peerGroup(rule).map(Ref::id),
                peerCidr(rule).map(Ref::id),
                text(rule.description()),
                tags);
    }

    private static Optional<String> peerGroup(software.amazon.awssdk.services.ec2.model.SecurityGroupRule rule) {
        return Optional.ofNullable(rule.referencedGroupInfo()).map(peer -> peer.groupId());
    }

    private static Optional<String> peerCidr(software.amazon.awssdk.services.ec2.model.SecurityGroupRule rule) {
        return Optional.ofNullable(rule.cidrIpv4()).or(() -> Optional.ofNullable(rule.cidrIpv6()));
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** A rule in words, for example {@code ingress 22/tcp from 0.0.0.0/0}. */
    private static String describe(software.amazon.awssdk.services.ec2.model.SecurityGroupRule rule) {
        SecurityGroupRule fields = attributes(rule, Map.of());
        String ports = fields.fromPort() == fields.toPort()
                ? String.valueOf(fields.fromPort())
                : fields.fromPort() + "-" + fields.toPort();
        String traffic = fields.protocol().equals(ALL)
                ? "all traffic"
                : fields.fromPort() < 0 ? "all " + fields.protocol() : ports + "/" + fields.protocol();
        String peer = peerCidr(rule).or(() -> peerGroup(rule)).orElse(text(rule.prefixListId()));
        return fields.direction() + " " + traffic + (rule.isEgress() ? " to " : " from ") + peer;
    }

    @Override
    public Made create(Step step, SecurityGroupRule wanted) {
        for (int attempt = 1; ; attempt++) {
            try {
                return Made.id(authorize(step, wanted));
            } catch (AwsCallException e) {
                if (!e.code().equals("InvalidPermission.Duplicate") || attempt == ATTEMPTS) {
                    throw e;
                }
                Optional<String> existing = existing(step, wanted, e);
                if (existing.isPresent()) {
                    return Made.id(existing.get());
                }
            }
        }
    }

    private static String authorize(Step step, SecurityGroupRule wanted) {
        Ec2Client ec2 = step.aws().ec2();
        String group = step.value(wanted.group());
        IpPermission permission = permission(step, wanted);
        TagSpecification tags = Ec2Tags.specification(ResourceType.SECURITY_GROUP_RULE, step.tags(wanted.tags()));
        var rules = wanted.direction().equals(EGRESS)
                ? ec2.authorizeSecurityGroupEgress(request ->
                                request.groupId(group).ipPermissions(permission).tagSpecifications(tags))
                        .securityGroupRules()
                : ec2.authorizeSecurityGroupIngress(request ->
                                request.groupId(group).ipPermissions(permission).tagSpecifications(tags))
                        .securityGroupRules();
        return rules.get(0).securityGroupRuleId();
    }

    private static IpPermission permission(Step step, SecurityGroupRule wanted) {
        String description = wanted.description().isEmpty() ? null : wanted.description();
        IpPermission.Builder permission = IpPermission.builder()
                .ipProtocol(wanted.protocol())
                .fromPort(wanted.fromPort())
                .toPort(wanted.toPort());
        wanted.peerGroup()
                .ifPresent(peer -> permission.userIdGroupPairs(UserIdGroupPair.builder()
                        .groupId(step.value(peer))
                        .description(description)
                        .build()));
        wanted.peerCidr().map(step::value).ifPresent(peer -> {
            if (isV6(peer)) {
                permission.ipv6Ranges(Ipv6Range.builder()
                        .cidrIpv6(peer)
                        .description(description)
                        .build());
            } else {
                permission.ipRanges(
                        IpRange.builder().cidrIp(peer).description(description).build());
            }
        });
        return permission.build();
    }

    private static boolean isV6(String cidr) {
        return cidr.indexOf(':') >= 0;
    }

    /**
     * A group takes each rule once. What stands in the way is ours from a request whose answer was lost; or the cluster's under another address, or AWS's default,
     * both of which are on their way out and make room; or somebody else's.
     *
     * @return the id of the rule that is ours; empty when there is room now
     */
    private static Optional<String> existing(Step step, SecurityGroupRule wanted, AwsCallException duplicate) {
        String group = step.value(wanted.group());
        var found = describe(step.aws().ec2(), List.of(group)).stream()
                .filter(candidate -> same(step, candidate, wanted))
                .findFirst();
        if (found.isEmpty()) {
            return Optional.empty(); // its own step has just deleted it
        }
        var rule = found.get();
        String id = rule.securityGroupRuleId();
        Optional<ResourceAddress> address = step.scope().addressIn(Ec2Tags.map(rule.tags()));
        if (address.equals(Optional.of(step.address()))) {
            return Optional.of(id);
        }
        if (address.isEmpty() && defaultEgress(rule).isEmpty()) {
            throw new K8sAwsException(
                    "Create " + step.address(),
                    group + " has the rule " + describe(rule) + " already, which others made",
                    "delete rule " + id + ", then plan and apply again",
                    Map.of("group", group, "rule", id),
                    duplicate);
        }
        // made again under a new id, since a delete of the old id may be on its way
        revoke(step, group, wanted.direction(), id);
        return Optional.empty();
    }

    private static boolean same(
            Step step, software.amazon.awssdk.services.ec2.model.SecurityGroupRule rule, SecurityGroupRule wanted) {
        SecurityGroupRule fields = attributes(rule, Map.of());
        return fields.direction().equals(wanted.direction())
                && fields.protocol().equals(wanted.protocol())
                && fields.fromPort() == wanted.fromPort()
                && fields.toPort() == wanted.toPort()
                && peerCidr(rule).equals(wanted.peerCidr().map(step::value))
                && peerGroup(rule).equals(wanted.peerGroup().map(step::value));
    }

    @Override
    public Made update(Step step, Observed<SecurityGroupRule> observed, SecurityGroupRule wanted, Set<String> fields) {
        String id = observed.id();
        if (fields.contains("description")) {
            SecurityGroupRuleUpdate change = SecurityGroupRuleUpdate.builder()
                    .securityGroupRuleId(id)
                    .securityGroupRule(request(step, wanted))
                    .build();
            step.aws().ec2().modifySecurityGroupRules(request -> request.groupId(
                            step.value(observed.attributes().group()))
                    .securityGroupRules(change));
        }
        Ec2Tags.converge(step, id, observed.attributes().tags(), wanted.tags(), fields);
        return Made.id(id);
    }

    /** ModifySecurityGroupRules wants the whole rule, not only what changes. */
    private static SecurityGroupRuleRequest request(Step step, SecurityGroupRule wanted) {
        Optional<String> peerCidr = wanted.peerCidr().map(step::value);
        return SecurityGroupRuleRequest.builder()
                .ipProtocol(wanted.protocol())
                .fromPort(wanted.fromPort())
                .toPort(wanted.toPort())
                .referencedGroupId(wanted.peerGroup().map(step::value).orElse(null))
                .cidrIpv4(peerCidr.filter(cidr -> !isV6(cidr)).orElse(null))
                .cidrIpv6(peerCidr.filter(SecurityGroupRules::isV6).orElse(null))
                .description(wanted.description())
                .build();
    }

    @Override
    public void delete(Step step, Observed<SecurityGroupRule> observed) {
        SecurityGroupRule rule = observed.attributes();
        revoke(step, step.value(rule.group()), rule.direction(), observed.id());
    }

    private static void revoke(Step step, String group, String direction, String id) {
        Ec2Client ec2 = step.aws().ec2();
        try {
            if (direction.equals(EGRESS)) {
                ec2.revokeSecurityGroupEgress(request -> request.groupId(group).securityGroupRuleIds(id));
            } else {
                ec2.revokeSecurityGroupIngress(request -> request.groupId(group).securityGroupRuleIds(id));
            }
        } catch (AwsCallException e) {
            if (!GONE.contains(e.code())) {
                throw e;
            }
        }
    }

    @Override
    public Risk deletionRisk(Observed<SecurityGroupRule> observed) {
        return Risk.DISRUPTIVE;
    }
}
