package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.internal.graph.SeenClosely;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.ResourceAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A file in the cluster's bucket; its key carries the hash of its content. */
public final class BucketObjects implements ResourceKind<BucketObjects.BucketObject> {
    /** The kind's name. */
    public static final String KIND = "bucket-object";

    /** Below this nodes may read; state and lock lie elsewhere and are no resources. */
    public static final String PREFIX = "nodes/";

    private static final Pattern KEY = Pattern.compile(PREFIX + "(?<name>.+)/(?<sha256>[0-9a-f]{64})");

    /** The fields of this kind; {@link #key} makes the key. Altered is content that is not what its key says. */
    public record BucketObject(
            @ReplaceOnChange Ref bucket,
            @ReplaceOnChange String key,
            Content content,
            @SeenClosely Optional<String> alteredContent)
            implements Attributes {
        /** An object that nobody has written over. */
        public BucketObject(Ref bucket, String key, Content content) {
            this(bucket, key, content, Optional.empty());
        }
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<BucketObject> attributes() {
        return BucketObject.class;
    }

    @Override
    public boolean createsBeforeDeleting() {
        return true;
    }

    /** A group starts machines as long as it is there, and they read their file. */
    @Override
    public Set<String> deletedAfter() {
        return Set.of(AutoScalingGroups.KIND);
    }

    @Override
    public Found<BucketObject> read(Reading reading) {
        String bucket = reading.scope().bucket();
        List<Supplier<Observed<BucketObject>>> found = new ArrayList<>();
        List<Foreign> foreign = new ArrayList<>();
        keys(reading).stream().filter(key -> !SecretObjects.known(key)).forEach(key -> {
            Matcher parts = KEY.matcher(key);
            if (parts.matches()) {
                ResourceAddress address = new ResourceAddress(KIND, parts.group("name"));
                Content content = Content.known(parts.group("sha256"));
                Supplier<Optional<String>> altered = reading.closely(address, () -> altered(reading, key, content));
                found.add(() -> new Observed<>(
                        address,
                        key,
                        Map.of(),
                        new BucketObject(Ref.id(bucket), key, content, altered.get()),
                        Origin.OURS));
            } else {
                foreign.add(new Foreign(Buckets.ADDRESS, "object " + key, "unknown"));
            }
        });
        return new Found<>(found.stream().map(Supplier::get).toList(), foreign);
    }

    /** The keys of all objects that machines are given. */
    static Set<String> keys(Reading reading) {
        return written(reading).keySet();
    }

    /** The keys of all objects that machines are given, and when each was written; one list for the kinds that share it. */
    static Map<String, Instant> written(Reading reading) {
        String bucket = reading.scope().bucket();
        return reading.once("ListObjectsV2", () -> {
            Map<String, Instant> written = new TreeMap<>();
            Missing.orEmpty(Buckets.NO_BUCKET, () -> reading
                            .aws()
                            .s3()
                            .listObjectsV2Paginator(r -> r.bucket(bucket)
                                    .prefix(PREFIX)
                                    .expectedBucketOwner(reading.scope().account()))
                            .contents()
                            .stream()
                            .toList())
                    .orElse(List.<S3Object>of())
                    .forEach(object -> written.put(object.key(), object.lastModified()));
            return written;
        });
    }

    /** What S3 says that it holds, when that is not what the key says. Others may write without the checksum that we always send. */
    private static Optional<String> altered(Reading reading, String key, Content content) {
        try {
            String checksum = reading.aws()
                    .s3()
                    .headObject(r -> r.bucket(reading.scope().bucket())
                            .expectedBucketOwner(reading.scope().account())
                            .key(key)
                            .checksumMode(ChecksumMode.ENABLED))
                    .checksumSHA256();
            return checksum(content).equals(checksum)
                    ? Optional.empty()
                    : Optional.of("SHA-256 " + Optional.ofNullable(checksum).orElse("unknown"));
        } catch (AwsCallException e) {
            // the answer to a HEAD has no body and so no code; the next look will not list the object
            if (e.statusCode() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public Made create(Step step, BucketObject wanted) {
        put(step, wanted);
        return Made.id(wanted.key());
    }

    @Override
    public Made update(Step step, Observed<BucketObject> observed, BucketObject wanted, Set<String> fields) {
        put(step, wanted);
        return Made.id(wanted.key());
    }

    @Override
    public void delete(Step step, Observed<BucketObject> observed) {
        Missing.done(Buckets.NO_BUCKET, () -> step.aws().s3().deleteObject(r -> r.bucket(
                        step.value(observed.attributes().bucket()))
                .expectedBucketOwner(step.scope().account())
                .key(observed.id())));
    }

    /**
     * The key of a file that nodes fetch. It carries the hash of the content, so content never changes under a key, and a node that still uses the old key gets the
     * old content until the old object is deleted.
     *
     * @param name the name of the file, as in its address
     * @param content the content
     * @return {@code nodes/<name>/<SHA-256 as 64 hexadecimal digits>}
     */
    public static String key(String name, Content content) {
        return PREFIX + name + "/" + content.sha256();
    }

    /** The hash as S3 writes it. */
    private static String checksum(Content content) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(content.sha256()));
    }

    private static void put(Step step, BucketObject wanted) {
        // S3 compares the checksum with what it received, so what lies there is what the key says.
        step.aws()
                .s3()
                .putObject(
                        r -> r.bucket(step.value(wanted.bucket()))
                                .expectedBucketOwner(step.scope().account())
                                .key(wanted.key())
                                .checksumSHA256(checksum(wanted.content())),
                        RequestBody.fromString(wanted.content().text()));
    }
}
