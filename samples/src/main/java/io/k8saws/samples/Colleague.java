package io.k8saws.samples;

import io.k8saws.testkit.AwsEndpoint;
import java.util.List;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;

/** Somebody with access to the account who knows nothing of the library: uses the SDK's own client. */
final class Colleague implements AutoCloseable {
    private static final int API_PORT = 6443;

    private final Ec2Client ec2;

    Colleague(AwsEndpoint endpoint, String region) {
        this.ec2 = endpoint.configure(Ec2Client.builder())
                .region(Region.of(region))
                .build();
    }

    /** Opens SSH of the control plane to the world and takes away a rule that lets its load balancer in. Tells what was done. */
    List<String> changesSecurityGroup(String cluster) {
        String group = ec2.describeSecurityGroups(r -> r.filters(
                        filter("tag:kubernetes.io/cluster/" + cluster, "owned"),
                        filter("tag:k8saws.io/resource", "security-group/control-plane")))
                .securityGroups()
                .get(0)
                .groupId();
        ec2.authorizeSecurityGroupIngress(
                r -> r.groupId(group).ipProtocol("tcp").fromPort(22).toPort(22).cidrIp("0.0.0.0/0"));
        SecurityGroupRule api =
                ec2.describeSecurityGroupRules(r -> r.filters(filter("group-id", group))).securityGroupRules().stream()
                        .filter(rule -> !rule.isEgress() && rule.fromPort() == API_PORT)
                        .findFirst()
                        .orElseThrow();
        ec2.revokeSecurityGroupIngress(r -> r.groupId(group).securityGroupRuleIds(api.securityGroupRuleId()));
        return List.of(
                "In " + group + " they let 22/tcp in from 0.0.0.0/0 (\"just for today\")",
                "and remove " + api.securityGroupRuleId() + ", which lets " + API_PORT + "/tcp in. AWS asks nobody.");
    }

    private static Filter filter(String name, String value) {
        return Filter.builder().name(name).values(value).build();
    }

    @Override
    public void close() {
        ec2.close();
    }
}
