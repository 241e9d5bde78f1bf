package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed;
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
import java.util.stream.Collectors;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

/** The instances behind a load balancer. */
public final class TargetGroups implements ResourceKind<TargetGroups.TargetGroup> {
    /** The kind's name. */
    public static final String KIND = "target-group";

    /** The output that holds the ARN; the id, too. */
    public static final String ARN = "arn";

    private static final String DELAY = "deregistration_delay.timeout_seconds";
    private static final String CLIENT_IP = "preserve_client_ip.enabled";
    private static final String TERMINATION = "deregistration_delay.connection_termination.enabled";

    /** What AWS sets when nothing is said (API reference, TargetGroupAttribute). */
    private static final String DEFAULT_DELAY = "300";

    /** A node takes traffic 20 s after it is ready, and none 20 s after it fell silent; AWS's defaults need 150 s for the first. */
    private static final int HEALTH_CHECK_SECONDS = 10;

    private static final int HEALTH_CHECKS = 2;

    /** The port that takes the traffic. */
    private static final String HEALTH_CHECK_PORT = "traffic-port";

    /** The fields of this kind; other settings are those of the health check, which are always the same. */
    public record TargetGroup(
            @ReplaceOnChange Ref vpc,
            @ReplaceOnChange String protocol,
            @ReplaceOnChange int port,
            String healthCheckProtocol,
            Optional<String> healthCheckPath,
            int deregistrationDelaySeconds,
            boolean connectionTermination,
            boolean preserveClientIp,
            @Additive Map<String, String> tags,
            Set<String> otherSettings)
            implements Attributes {
        /** A group that is checked as all of ours are. */
        public TargetGroup(
                Ref vpc,
                String protocol,
                int port,
                String healthCheckProtocol,
                Optional<String> healthCheckPath,
                int deregistrationDelaySeconds,
                boolean connectionTermination,
                boolean preserveClientIp,
                Map<String, String> tags) {
            this(
                    vpc,
                    protocol,
                    port,
                    healthCheckProtocol,
                    healthCheckPath,
                    deregistrationDelaySeconds,
                    connectionTermination,
                    preserveClientIp,
                    tags,
                    Set.of());
        }
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<TargetGroup> attributes() {
        return TargetGroup.class;
    }

    @Override
    public Set<String> deletedAfter() {
        return Set.of(Listeners.KIND, LoadBalancers.KIND);
    }

    @Override
    public Risk deletionRisk(Observed<TargetGroup> observed) {
        return Risk.DESTRUCTIVE;
    }

    @Override
    public Found<TargetGroup> read(Reading reading) {
        List<Observed<TargetGroup>> found = new ArrayList<>();
        var groups = LoadBalancing.groups(reading);
        groups.stream()
                .filter(group -> LoadBalancing.namedByUs(reading.scope(), group.targetGroupName()))
                .forEach(group -> reading.ahead(() -> settings(reading, group.targetGroupArn())));
        var tagsByArn = LoadBalancing.tags(reading);
        for (var group : groups) {
            String arn = group.targetGroupArn();
            Map<String, String> tags = tagsByArn.getOrDefault(arn, Map.of());
            LoadBalancing.owned(reading.scope(), KIND, arn, tags)
                    .flatMap(owned -> settings(reading, arn, owned)
                            .map(settings -> new Observed<>(
                                    owned.address(),
                                    arn,
                                    owned.ours() ? Map.of(ARN, arn) : Found.in(group.vpcId()),
                                    attributes(reading.scope(), group, settings, tags),
                                    owned.origin())))
                    .ifPresent(found::add);
        }
        return Found.of(found);
    }

    @Override
    public Made create(Step step, TargetGroup wanted) {
        String name = step.scope().hyphenated(step.address().name(), LoadBalancing.NAME_LIMIT);
        String arn = create(step, name, wanted);
        setSettings(step, arn, wanted);
        return new Made(arn, Map.of(ARN, arn));
    }

    @Override
    public Made update(Step step, Observed<TargetGroup> observed, TargetGroup wanted, Set<String> fields) {
        String arn = observed.id();
        if (fields.contains("healthCheckProtocol")
                || fields.contains("healthCheckPath")
                || fields.contains(OtherSettings.COMPONENT)) {
            step.aws().loadBalancing().modifyTargetGroup(r -> r.targetGroupArn(arn)
                    .healthCheckProtocol(wanted.healthCheckProtocol())
                    .healthCheckPath(wanted.healthCheckPath().orElse(null))
                    .healthCheckPort(HEALTH_CHECK_PORT)
                    .healthCheckIntervalSeconds(HEALTH_CHECK_SECONDS)
                    .healthyThresholdCount(HEALTH_CHECKS)
                    .unhealthyThresholdCount(HEALTH_CHECKS));
        }
        if (fields.contains("deregistrationDelaySeconds")
                || fields.contains("connectionTermination")
                || fields.contains("preserveClientIp")) {
            setSettings(step, arn, wanted);
        }
        LoadBalancing.retag(step, arn, TagChange.of(step, wanted.tags(), fields));
        return new Made(arn, observed.outputs());
    }

    @Override
    public void delete(Step step, Observed<TargetGroup> observed) {
        // A load balancer that was just deleted holds its target groups a little longer.
        step.await("target group " + observed.id() + " to be free", Duration.ofMinutes(5), () -> {
            boolean gone = Missing.done(
                    Set.of("ResourceInUse"),
                    () -> Missing.done(
                            LoadBalancing.NO_GROUP,
                            () -> step.aws().loadBalancing().deleteTargetGroup(r -> r.targetGroupArn(observed.id()))));
            return gone ? Optional.empty() : Optional.of("still in use by a load balancer");
        });
    }

    private static String create(Step step, String name, TargetGroup wanted) {
        var client = step.aws().loadBalancing();
        try {
            // AWS answers with the target group that is there when the same is asked for twice, so no token is needed.
            return client.createTargetGroup(r -> r.name(name)
                            .targetType(TargetTypeEnum.INSTANCE)
                            .vpcId(step.value(wanted.vpc()))
                            .protocol(wanted.protocol())
                            .port(wanted.port())
                            .healthCheckProtocol(wanted.healthCheckProtocol())
                            .healthCheckPath(wanted.healthCheckPath().orElse(null))
                            .healthCheckPort(HEALTH_CHECK_PORT)
                            .healthCheckIntervalSeconds(HEALTH_CHECK_SECONDS)
                            .healthyThresholdCount(HEALTH_CHECKS)
                            .unhealthyThresholdCount(HEALTH_CHECKS)
                            .tags(LoadBalancing.list(step.tags(wanted.tags()))))
                    .targetGroups()
                    .get(0)
                    .targetGroupArn();
        } catch (AwsCallException e) {
            if (!e.code().equals("DuplicateTargetGroupName")) {
                throw e;
            }
            String arn = client.describeTargetGroups(r -> r.names(name))
                    .targetGroups()
                    .get(0)
                    .targetGroupArn();
            LoadBalancing.requireOurs(step, arn, "the target group name " + name, e);
            return arn;
        }
    }

    private static void setSettings(Step step, String arn, TargetGroup wanted) {
        step.aws().loadBalancing().modifyTargetGroupAttributes(r -> r.targetGroupArn(arn)
                .attributes(
                        setting(DELAY, wanted.deregistrationDelaySeconds()),
                        setting(TERMINATION, wanted.connectionTermination()),
                        setting(CLIENT_IP, wanted.preserveClientIp())));
    }

    private static TargetGroupAttribute setting(String key, Object value) {
        return TargetGroupAttribute.builder()
                .key(key)
                .value(String.valueOf(value))
                .build();
    }

    /** The settings that only a call of their own tells, by key; empty when the group is gone. Only asked for our own. */
    private static Optional<Map<String, String>> settings(Reading reading, String arn, LoadBalancing.Owned owned) {
        if (!owned.ours()) {
            return Optional.of(Map.of());
        }
        return settings(reading, arn);
    }

    private static Optional<Map<String, String>> settings(Reading reading, String arn) {
        return reading.once(
                "DescribeTargetGroupAttributes " + arn,
                () ->
                        Missing.orEmpty(LoadBalancing.NO_GROUP, () -> reading
                                .aws()
                                .loadBalancing()
                                .describeTargetGroupAttributes(r -> r.targetGroupArn(arn))
                                .attributes()
                                .stream()
                                .collect(Collectors.toMap(TargetGroupAttribute::key, TargetGroupAttribute::value))));
    }

    private static TargetGroup attributes(
            ClusterScope scope,
            software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup group,
            Map<String, String> settings,
            Map<String, String> tags) {
        boolean http = group.healthCheckProtocolAsString() != null
                && group.healthCheckProtocolAsString().startsWith("HTTP");
        return new TargetGroup(
                Ref.id(Optional.ofNullable(group.vpcId()).orElse("")),
                Optional.ofNullable(group.protocolAsString()).orElse(""),
                Optional.ofNullable(group.port()).orElse(0),
                Optional.ofNullable(group.healthCheckProtocolAsString()).orElse(""),
                http ? Optional.ofNullable(group.healthCheckPath()) : Optional.empty(),
                Integer.parseInt(settings.getOrDefault(DELAY, DEFAULT_DELAY)),
                Boolean.parseBoolean(settings.getOrDefault(TERMINATION, "false")),
                Boolean.parseBoolean(settings.getOrDefault(CLIENT_IP, "true")),
                scope.ownTags(tags),
                others(group));
    }

    private static Set<String> others(software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup group) {
        return new OtherSettings()
                .when(
                        !Objects.equals(group.healthCheckIntervalSeconds(), HEALTH_CHECK_SECONDS),
                        "health check every " + group.healthCheckIntervalSeconds() + " s")
                .when(
                        !Objects.equals(group.healthyThresholdCount(), HEALTH_CHECKS),
                        "healthy after " + group.healthyThresholdCount() + " checks")
                .when(
                        !Objects.equals(group.unhealthyThresholdCount(), HEALTH_CHECKS),
                        "unhealthy after " + group.unhealthyThresholdCount() + " checks")
                .when(
                        !HEALTH_CHECK_PORT.equals(group.healthCheckPort()),
                        "health check on port " + group.healthCheckPort())
                .found();
    }
}
