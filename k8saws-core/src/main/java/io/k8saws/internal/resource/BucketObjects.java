package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A file in the cluster's bucket; its key carries the hash of its content. */
public final class BucketObjects implements ResourceKind<BucketObjects.BucketObject> {
    /** The kind's name. */
    public static final String KIND = "bucket-object";

    /** Below this nodes may read; state and lock lie elsewhere and are no resources. */
    public static final String PREFIX = "nodes/";

    private static final Pattern KEY = Pattern.compile(PREFIX + "(?<name>.+)/(?<sha256>[0-9a-f]{64})");

    /** The fields of this kind; {@link #key} makes the key. */
    public record BucketObject(
            @ReplaceOnChange Ref bucket, @ReplaceOnChange String key, Content content) implements Attributes {}

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

    @Override
    public Found<BucketObject> read(Reading reading) {
        String bucket = reading.scope().bucket();
        List<Observed<BucketObject>> found = new ArrayList<>();
        List<Foreign> foreign = new ArrayList<>();
        Missing.orEmpty(Buckets.NO_BUCKET, () -> reading
                        .aws()
                        .s3()
                        .listObjectsV2Paginator(r -> r.bucket(bucket)
                                .prefix(PREFIX)
                                .expectedBucketOwner(reading.scope().account()))
                        .contents()
                        .stream()
                        .map(S3Object::key)
                        .toList())
                .orElse(List.of())
                .forEach(key -> {
                    Matcher parts = KEY.matcher(key);
                    if (parts.matches()) {
                        found.add(new Observed<>(
                                new ResourceAddress(KIND, parts.group("name")),
                                key,
                                Map.of(),
                                new BucketObject(Ref.id(bucket), key, Content.known(parts.group("sha256"))),
                                Origin.OURS));
                    } else {
                        foreign.add(new Foreign(Buckets.ADDRESS, "object " + key, "unknown"));
                    }
                });
        return new Found<>(found, foreign);
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

    private static void put(Step step, BucketObject wanted) {
        byte[] sha256 = HexFormat.of().parseHex(wanted.content().sha256());
        // S3 compares the checksum with what it received, so what lies there is what the key says.
        step.aws()
                .s3()
                .putObject(
                        r -> r.bucket(step.value(wanted.bucket()))
                                .expectedBucketOwner(step.scope().account())
                                .key(wanted.key())
                                .checksumSHA256(Base64.getEncoder().encodeToString(sha256)),
                        RequestBody.fromString(wanted.content().text()));
    }
}
