package io.k8saws.behaviour;

import io.k8saws.testkit.AwsEndpoint;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Plays machines: each writes the status that it would have written, had it booted from what lies in the bucket now. */
final class PlayedMachines implements AutoCloseable {
    private static final String KEYS = "/etc/k8saws/keys";

    private final S3Client s3;
    private final AutoScalingClient groups;
    private final String cluster;

    PlayedMachines(AwsEndpoint aws, String region, String cluster) {
        this.s3 = aws.configure(S3Client.builder()).build();
        this.groups = aws.configure(AutoScalingClient.builder())
                .region(Region.of(region))
                .build();
        this.cluster = cluster;
    }

    private String bucket() {
        return s3.listBuckets().buckets().stream()
                .map(bucket -> bucket.name())
                .filter(name -> name.contains(cluster))
                .findFirst()
                .orElseThrow();
    }

    /** All machines of a part boot anew. */
    void boot(String... parts) {
        for (String part : parts) {
            for (String instance : instances(part)) {
                tell(part, instance, "done", keys(part));
            }
        }
    }

    /** A machine of a part is on its way. */
    void leaveOnItsWay(String part) {
        tell(part, instances(part).get(0), "running", keys(part));
    }

    private List<String> instances(String part) {
        String name = part.startsWith("pool-") ? part.substring("pool-".length()) : part;
        List<String> found = groups.describeAutoScalingGroups().autoScalingGroups().stream()
                .filter(group -> group.autoScalingGroupName().equals(name + "." + cluster))
                .flatMap(group -> group.instances().stream())
                .map(instance -> instance.instanceId())
                .toList();
        if (found.isEmpty()) {
            throw new AssertionError("the group of " + part + " has no machine");
        }
        return found;
    }

    private List<String> keys(String part) {
        if (!part.startsWith("pool-")) {
            String role = part.startsWith("etcd-") ? "etcd" : "control-plane";
            return lines(file(only("nodes/pki/" + role + "/" + part + "/"), KEYS));
        }
        String wanted = variable(file(only("nodes/" + part + "/"), "/etc/k8saws/node.env"), "AUTHORITIES");
        List<String> trusted =
                lines(file(only("nodes/pki/control-plane/control-plane/"), "/etc/k8saws/authorities")).stream()
                        .map(line -> line.split(" ")[0])
                        .toList();
        return Stream.concat(
                        trusted.stream().map(name -> "trusts " + name),
                        Stream.of("meant " + wanted, "shows " + trusted.get(0)))
                .toList();
    }

    private static List<String> lines(String text) {
        return text.lines().filter(line -> !line.isBlank()).toList();
    }

    private static String variable(String env, String name) {
        return env.lines()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1).replace("'", ""))
                .findFirst()
                .orElseThrow();
    }

    private String only(String prefix) {
        List<String> keys = s3.listObjectsV2(r -> r.bucket(bucket()).prefix(prefix)).contents().stream()
                .map(S3Object::key)
                .toList();
        if (keys.size() != 1) {
            throw new AssertionError("machines would find " + keys + " below " + prefix);
        }
        return s3.getObjectAsBytes(r -> r.bucket(bucket()).key(keys.get(0))).asUtf8String();
    }

    /** A file of a bundle: after a line of its mode, bytes and path. */
    private static String file(String bundle, String path) {
        Matcher head = Pattern.compile("(?m)^[0-7]{4} ([0-9]+) " + Pattern.quote(path) + "\n")
                .matcher(bundle);
        if (!head.find()) {
            throw new AssertionError("the bundle has no " + path);
        }
        return bundle.substring(head.end(), head.end() + Integer.parseInt(head.group(1)));
    }

    private void tell(String part, String instance, String state, List<String> keys) {
        String role = part.startsWith("pool-") ? "nodes" : part.startsWith("etcd-") ? "etcd" : "control-plane";
        String json =
                "{\"version\":1,\"cluster\":\"%s\",\"role\":\"%s\",\"part\":\"%s\",\"instance\":\"%s\",\"step\":\"done\",\"state\":\"%s\",\"reason\":\"\",\"time\":\"%s\",\"uptimeSeconds\":1,\"keys\":[%s],\"log\":[]}"
                        .formatted(
                                cluster,
                                role,
                                part,
                                instance,
                                state,
                                Instant.now(),
                                keys.stream().map(line -> '"' + line + '"').collect(Collectors.joining(",")));
        s3.putObject(
                r -> r.bucket(bucket()).key("status/" + role + "/" + instance + ".json"), RequestBody.fromString(json));
    }

    /** The names of the keys in the bucket. */
    List<String> keyObjects() {
        return s3.listObjectsV2(r -> r.bucket(bucket()).prefix("nodes/pki/keys/")).contents().stream()
                .map(object -> object.key().substring("nodes/pki/keys/".length()))
                .sorted()
                .toList();
    }

    /** The instances of all parts. */
    List<String> all(String... parts) {
        return Arrays.stream(parts).flatMap(part -> instances(part).stream()).toList();
    }

    @Override
    public void close() {
        s3.close();
        groups.close();
    }
}
