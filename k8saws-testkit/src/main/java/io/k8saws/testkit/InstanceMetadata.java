package io.k8saws.testkit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the metadata service tells an instance, as a tree. The names are those of the EC2 user guide, "Instance metadata categories".
 *
 * <p>Pure.
 */
final class InstanceMetadata {
    private InstanceMetadata() {}

    /** The document that {@code network.py} answers from. */
    static Map<String, Object> of(NodeInstance instance) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("hopLimit", instance.hopLimit());
        document.put("metaData", metaData(instance));
        document.put(
                "dynamic",
                Map.<String, Object>of("instance-identity", Map.of("document", Json.text(identity(instance)))));
        if (!instance.userData().isEmpty()) {
            document.put("userData", instance.userData());
        }
        return document;
    }

    private static Map<String, Object> metaData(NodeInstance instance) {
        Map<String, Object> tree = new TreeMap<>();
        tree.put("ami-id", instance.image().id());
        tree.put("ami-launch-index", "0");
        tree.put("hostname", instance.privateDnsName());
        tree.put("instance-action", "none");
        tree.put("instance-id", instance.id());
        tree.put("instance-life-cycle", "on-demand");
        tree.put("instance-type", instance.image().type());
        tree.put("local-hostname", instance.privateDnsName());
        tree.put("local-ipv4", instance.address());
        tree.put("mac", instance.interfaces().get(0).mac());
        tree.put("network", Map.<String, Object>of("interfaces", Map.<String, Object>of("macs", interfaces(instance))));
        tree.put(
                "placement",
                Map.<String, Object>of(
                        "availability-zone",
                        instance.placement().zone(),
                        "region",
                        instance.placement().region()));
        tree.put("services", Map.<String, Object>of("domain", "amazonaws.com", "partition", "aws"));
        if (!instance.tags().isEmpty()) {
            tree.put("tags", Map.<String, Object>of("instance", new TreeMap<>(instance.tags())));
        }
        instance.lifecycleState()
                .ifPresent(state -> tree.put("autoscaling", Map.<String, Object>of("target-lifecycle-state", state)));
        instance.interruption().ifPresent(at -> tree.put("spot", interruption(at)));
        instance.role().ifPresent(role -> tree.put("iam", role(instance, role)));
        return tree;
    }

    /** EC2 user guide, "Spot Instance interruption notices": the action as JSON, and the older item with the time alone. */
    private static Map<String, Object> interruption(Instant at) {
        String time = at.truncatedTo(ChronoUnit.SECONDS).toString();
        return Map.<String, Object>of(
                "instance-action", Json.text(Map.of("action", "terminate", "time", time)), "termination-time", time);
    }

    private static Map<String, Object> interfaces(NodeInstance instance) {
        Map<String, Object> all = new TreeMap<>();
        List<NodeInterface> interfaces = instance.interfaces();
        for (int i = 0; i < interfaces.size(); i++) {
            NodeInterface one = interfaces.get(i);
            Map<String, Object> tree = new TreeMap<>();
            tree.put("device-number", String.valueOf(i));
            tree.put("interface-id", one.id());
            tree.put("local-ipv4s", one.address());
            tree.put("mac", one.mac());
            tree.put("owner-id", instance.placement().accountId());
            tree.put("subnet-id", one.subnetId());
            tree.put("subnet-ipv4-cidr-block", one.subnetCidr());
            tree.put("vpc-ipv4-cidr-block", instance.placement().vpcCidr());
            tree.put("vpc-ipv4-cidr-blocks", instance.placement().vpcCidr());
            // The real service lists MAC addresses with a slash, as directories.
            all.put(one.mac(), tree);
        }
        return all;
    }

    private static Map<String, Object> role(NodeInstance instance, NodeInstance.Role role) {
        String account = instance.placement().accountId();
        RoleCredentials credentials = role.credentials();
        Map<String, Object> handedOut = new LinkedHashMap<>();
        handedOut.put("Code", "Success");
        handedOut.put(
                "LastUpdated",
                credentials
                        .expiration()
                        .minus(6, ChronoUnit.HOURS)
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString());
        handedOut.put("Type", "AWS-HMAC");
        handedOut.put("AccessKeyId", credentials.accessKeyId());
        handedOut.put("SecretAccessKey", credentials.secretAccessKey());
        handedOut.put("Token", credentials.sessionToken());
        handedOut.put(
                "Expiration",
                credentials.expiration().truncatedTo(ChronoUnit.SECONDS).toString());
        Map<String, Object> profile = new LinkedHashMap<>();
        profile.put("Code", "Success");
        profile.put("InstanceProfileArn", "arn:aws:iam::" + account + ":instance-profile/" + role.name());
        return Map.<String, Object>of(
                "info", Json.text(profile), "security-credentials", Map.of(role.name(), Json.text(handedOut)));
    }

    private static Map<String, Object> identity(NodeInstance instance) {
        Map<String, Object> identity = new LinkedHashMap<>();
        identity.put("accountId", instance.placement().accountId());
        identity.put("architecture", System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x86_64");
        identity.put("availabilityZone", instance.placement().zone());
        identity.put("imageId", instance.image().id());
        identity.put("instanceId", instance.id());
        identity.put("instanceType", instance.image().type());
        identity.put("privateIp", instance.address());
        identity.put("region", instance.placement().region());
        identity.put("version", "2017-09-30");
        return identity;
    }

    /** The addresses from which the instance may ask. */
    static List<String> clients(NodeInstance instance) {
        return instance.interfaces().stream().map(NodeInterface::address).collect(Collectors.toUnmodifiableList());
    }
}
