package io.k8saws.testkit.inventory;

import io.k8saws.testkit.AwsEndpoint;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateSpecification;
import software.amazon.awssdk.services.autoscaling.model.LifecycleHook;
import software.amazon.awssdk.services.autoscaling.model.TagDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ListRulesResponse;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.PolicyScopeType;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.HostedZone;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.ssm.SsmClient;

/** The lines of all services but EC2. */
final class AccountLines {
    private final AwsEndpoint endpoint;
    private final Lines lines;
    private final Map<String, String> names;

    private AccountLines(AwsEndpoint endpoint, Lines lines, Map<String, String> names) {
        this.endpoint = endpoint;
        this.lines = lines;
        this.names = new HashMap<>(names);
    }

    static void read(AwsEndpoint endpoint, Lines lines, Map<String, String> names) {
        AccountLines read = new AccountLines(endpoint, lines, names);
        read.iam();
        read.loadBalancers();
        read.autoScaling();
        read.buckets();
        read.queues();
        read.rules();
        read.zones();
        read.parameters();
    }

    private void iam() {
        try (IamClient iam = endpoint.configure(IamClient.builder())
                .httpClient(Lines.CONNECTIONS)
                .build()) {
            iam.listRolesPaginator().roles().stream()
                    .filter(role -> !role.path().startsWith("/aws-service-role/"))
                    .forEach(role -> role(iam, role));
            iam.listInstanceProfilesPaginator()
                    .instanceProfiles()
                    .forEach(profile -> lines.add(
                            "iam/instance-profile",
                            profile.instanceProfileName(),
                            "roles",
                            sorted(profile.roles().stream().map(Role::roleName).toList())));
            iam.listPoliciesPaginator(request -> request.scope(PolicyScopeType.LOCAL))
                    .policies()
                    .forEach(policy -> lines.add("iam/policy", policy.policyName(), "path", policy.path()));
            iam.listOpenIDConnectProviders()
                    .openIDConnectProviderList()
                    .forEach(provider ->
                            lines.add("iam/oidc-provider", provider.arn().replaceFirst(".*oidc-provider/", "")));
            iam.listUsersPaginator().users().forEach(user -> lines.add("iam/user", user.userName()));
        }
    }

    private void role(IamClient iam, Role role) {
        lines.add(
                "iam/role",
                role.roleName(),
                "path",
                role.path(),
                "inline",
                sorted(
                        iam
                                .listRolePoliciesPaginator(request -> request.roleName(role.roleName()))
                                .policyNames()
                                .stream()
                                .toList()),
                "attached",
                sorted(iam
                        .listAttachedRolePoliciesPaginator(request -> request.roleName(role.roleName()))
                        .attachedPolicies()
                        .stream()
                        .map(policy -> policy.policyName())
                        .toList()),
                "tags",
                Lines.tags(iam.listRoleTags(request -> request.roleName(role.roleName())).tags().stream()
                        .collect(Collectors.toMap(tag -> tag.key(), tag -> tag.value()))));
    }

    private void loadBalancers() {
        try (ElasticLoadBalancingV2Client elb = endpoint.configure(ElasticLoadBalancingV2Client.builder())
                .httpClient(Lines.CONNECTIONS)
                .build()) {
            elb.describeTargetGroupsPaginator().targetGroups().forEach(group -> {
                names.put(group.targetGroupArn(), group.targetGroupName());
                lines.add(
                        "elb/target-group",
                        group.targetGroupName(),
                        "port",
                        group.port(),
                        "protocol",
                        group.protocolAsString(),
                        "vpc",
                        named(group.vpcId()));
            });
            elb.describeLoadBalancersPaginator().loadBalancers().forEach(balancer -> loadBalancer(elb, balancer));
        }
    }

    private void loadBalancer(ElasticLoadBalancingV2Client elb, LoadBalancer balancer) {
        lines.add(
                "elb/load-balancer",
                balancer.loadBalancerName(),
                "type",
                balancer.typeAsString(),
                "scheme",
                balancer.schemeAsString(),
                "subnets",
                sorted(balancer.availabilityZones().stream()
                        .map(zone -> named(zone.subnetId()))
                        .toList()),
                "groups",
                sorted(balancer.securityGroups().stream().map(this::named).toList()));
        elb.describeListenersPaginator(request -> request.loadBalancerArn(balancer.loadBalancerArn()))
                .listeners()
                .forEach(listener -> lines.add(
                        "elb/listener",
                        balancer.loadBalancerName() + ":" + listener.port(),
                        "protocol",
                        listener.protocolAsString(),
                        "to",
                        sorted(listener.defaultActions().stream()
                                .map(action -> named(action.targetGroupArn()))
                                .toList())));
    }

    private void autoScaling() {
        try (AutoScalingClient scaling = endpoint.configure(AutoScalingClient.builder())
                .httpClient(Lines.CONNECTIONS)
                .build()) {
            scaling.describeAutoScalingGroupsPaginator().autoScalingGroups().forEach(group -> {
                group(group);
                scaling.describeLifecycleHooks(request -> request.autoScalingGroupName(group.autoScalingGroupName()))
                        .lifecycleHooks()
                        .forEach(hook -> hook(group, hook));
            });
            scaling.describeLaunchConfigurationsPaginator()
                    .launchConfigurations()
                    .forEach(launch -> lines.add("autoscaling/launch-configuration", launch.launchConfigurationName()));
        }
    }

    private void group(AutoScalingGroup group) {
        lines.add(
                "autoscaling/group",
                group.autoScalingGroupName(),
                "min",
                group.minSize(),
                "max",
                group.maxSize(),
                "subnets",
                group.vpcZoneIdentifier() == null
                        ? null
                        : sorted(Arrays.stream(group.vpcZoneIdentifier().split(",", -1))
                                .map(this::named)
                                .toList()),
                "template",
                template(group),
                "targets",
                sorted(group.targetGroupARNs().stream().map(this::named).toList()),
                "tags",
                Lines.tags(
                        group.tags().stream().collect(Collectors.toMap(TagDescription::key, TagDescription::value))));
    }

    private void hook(AutoScalingGroup group, LifecycleHook hook) {
        lines.add(
                "autoscaling/lifecycle-hook",
                hook.lifecycleHookName(),
                "group",
                group.autoScalingGroupName(),
                "transition",
                hook.lifecycleTransition());
    }

    private static @Nullable String template(AutoScalingGroup group) {
        LaunchTemplateSpecification own = group.launchTemplate();
        if (own == null && group.mixedInstancesPolicy() != null) {
            own = group.mixedInstancesPolicy().launchTemplate().launchTemplateSpecification();
        }
        return own == null ? null : own.launchTemplateName();
    }

    private void buckets() {
        try (S3Client s3 = endpoint.configure(S3Client.builder())
                .httpClient(Lines.CONNECTIONS)
                .build()) {
            s3.listBuckets().buckets().forEach(bucket -> {
                String name = bucket.name();
                lines.add(
                        "s3/bucket",
                        name,
                        "versioning",
                        s3.getBucketVersioning(request -> request.bucket(name)).statusAsString());
                List<ObjectVersion> versions =
                        s3.listObjectVersionsPaginator(request -> request.bucket(name)).versions().stream()
                                .toList();
                versions.stream()
                        .filter(version -> Boolean.TRUE.equals(version.isLatest()))
                        .forEach(version -> lines.add("s3/object", name + "/" + version.key()));
                versions.stream()
                        .filter(version -> !Boolean.TRUE.equals(version.isLatest()))
                        .forEach(version -> lines.add("s3/old-version", name + "/" + version.key()));
                s3.listObjectVersionsPaginator(request -> request.bucket(name))
                        .deleteMarkers()
                        .forEach(marker -> lines.add("s3/delete-marker", name + "/" + marker.key()));
            });
        }
    }

    private void queues() {
        try (SqsClient sqs = endpoint.configure(SqsClient.builder())
                .httpClient(Lines.CONNECTIONS)
                .build()) {
            sqs.listQueuesPaginator()
                    .queueUrls()
                    .forEach(url -> lines.add("sqs/queue", url.substring(url.lastIndexOf('/') + 1)));
        }
    }

    private void rules() {
        try (EventBridgeClient events = endpoint.configure(EventBridgeClient.builder())
                .httpClient(Lines.CONNECTIONS)
                .build()) {
            @Nullable String next = null;
            do {
                @Nullable String from = next;
                ListRulesResponse page = events.listRules(request -> request.nextToken(from));
                page.rules().forEach(rule -> rule(events, rule.name()));
                next = page.nextToken();
            } while (next != null);
        }
    }

    private void rule(EventBridgeClient events, String name) {
        lines.add(
                "events/rule",
                name,
                "targets",
                sorted(events.listTargetsByRule(request -> request.rule(name)).targets().stream()
                        .map(Target::id)
                        .toList()));
    }

    private void zones() {
        try (Route53Client route53 = endpoint.configure(Route53Client.builder())
                .httpClient(Lines.CONNECTIONS)
                .build()) {
            route53.listHostedZonesPaginator().hostedZones().forEach(zone -> zone(route53, zone));
            route53.listHealthChecksPaginator()
                    .healthChecks()
                    .forEach(check -> lines.add(
                            "route53/health-check",
                            Objects.requireNonNullElse(check.healthCheckConfig().fullyQualifiedDomainName(), "-"),
                            "type",
                            check.healthCheckConfig().typeAsString()));
        }
    }

    private void zone(Route53Client route53, HostedZone zone) {
        boolean hidden =
                zone.config() != null && Boolean.TRUE.equals(zone.config().privateZone());
        lines.add("route53/hosted-zone", zone.name(), "private", hidden);
        route53
                .listResourceRecordSetsPaginator(request -> request.hostedZoneId(zone.id()))
                .resourceRecordSets()
                .stream()
                .filter(set ->
                        !set.name().equals(zone.name()) || !Set.of("NS", "SOA").contains(set.typeAsString()))
                .forEach(set -> lines.add(
                        "route53/record",
                        set.name(),
                        "type",
                        set.typeAsString(),
                        "zone",
                        zone.name(),
                        "private",
                        hidden,
                        "set",
                        set.setIdentifier(),
                        "alias",
                        set.aliasTarget() != null));
    }

    private void parameters() {
        try (SsmClient ssm = endpoint.configure(SsmClient.builder())
                .httpClient(Lines.CONNECTIONS)
                .build()) {
            ssm.describeParametersPaginator().stream()
                    .flatMap(page -> page.parameters().stream())
                    .filter(parameter -> !parameter.name().startsWith("/aws/"))
                    .forEach(parameter ->
                            lines.add("ssm/parameter", parameter.name(), "type", parameter.typeAsString()));
        }
    }

    private String named(@Nullable String id) {
        return id == null ? "-" : names.getOrDefault(id, id);
    }

    private static Set<String> sorted(List<String> texts) {
        return new TreeSet<>(texts);
    }
}
