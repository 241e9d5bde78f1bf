package io.k8saws.internal.resource;

import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.AwsCallException;
import io.k8saws.error.ConflictException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.resource.BucketContent.Version;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.GetBucketEncryptionResponse;
import software.amazon.awssdk.services.s3.model.PublicAccessBlockConfiguration;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;
import software.amazon.awssdk.services.s3.model.Tag;

/** The bucket of the cluster: state, lock, history, and what nodes fetch. */
public final class Buckets implements ResourceKind<Buckets.Bucket> {
    /** The kind's name. */
    public static final String KIND = "bucket";

    /** The address of the cluster's only bucket; its name follows from the cluster's. */
    public static final ResourceAddress ADDRESS = new ResourceAddress(KIND, "cluster");

    /** The output that holds the ARN. */
    public static final String ARN = "arn";

    /** The object that says who may change the cluster. */
    static final String LOCK = "state/lock.json";

    static final Set<String> NO_BUCKET = Set.of("NoSuchBucket");

    /** The one region that CreateBucket does not take as a location constraint (API reference). */
    private static final String REGION_WITHOUT_NAME = "us-east-1";

    private static final PublicAccessBlockConfiguration ALL_BLOCKED = PublicAccessBlockConfiguration.builder()
            .blockPublicAcls(true)
            .blockPublicPolicy(true)
            .ignorePublicAcls(true)
            .restrictPublicBuckets(true)
            .build();

    /**
     * The fields of this kind.
     *
     * @param versioned whether S3 keeps old versions of objects
     * @param encryption {@code AES256}, or the ARN of a KMS key
     * @param publicAccessBlocked whether all four public access blocks are on
     * @param policy the bucket's policy as JSON; empty for none
     * @param tags the tags besides those that say whose it is
     */
    public record Bucket(
            boolean versioned,
            String encryption,
            boolean publicAccessBlocked,
            String policy,
            @Additive Map<String, String> tags)
            implements Attributes {
        /** Writes the policy in the one way in which it is compared. */
        public Bucket {
            policy = CanonicalJson.policy(policy);
        }
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<Bucket> attributes() {
        return Bucket.class;
    }

    @Override
    public Set<String> deletedAfter() {
        // It holds the state, without which the next run would have to find everything by tags alone.
        return ResourceKinds.all().inOrder().stream()
                .map(ResourceKind::name)
                .filter(kind -> !kind.equals(KIND))
                .collect(Collectors.toSet());
    }

    @Override
    public Risk deletionRisk(Observed<Bucket> observed) {
        return Risk.DATA_LOSS;
    }

    @Override
    public Found<Bucket> read(Reading reading) {
        S3Client s3 = reading.aws().s3();
        ClusterScope scope = reading.scope();
        String name = scope.bucket();
        String account = scope.account();
        return Missing.orEmpty(NO_BUCKET, () -> {
                    Map<String, String> tags = tags(s3, name, account);
                    Supplier<Boolean> versioned = reading.ahead(
                            () -> s3.getBucketVersioning(r -> r.bucket(name).expectedBucketOwner(account))
                                            .status()
                                    == BucketVersioningStatus.ENABLED);
                    Supplier<String> encryption = reading.ahead(() -> Missing.orEmpty(
                                    Set.of("ServerSideEncryptionConfigurationNotFoundError"),
                                    () -> encryption(s3.getBucketEncryption(
                                            r -> r.bucket(name).expectedBucketOwner(account))))
                            .orElse(""));
                    Supplier<Boolean> blocked = reading.ahead(() -> Missing.orEmpty(
                                    Set.of("NoSuchPublicAccessBlockConfiguration"), () -> s3.getPublicAccessBlock(
                                                    r -> r.bucket(name).expectedBucketOwner(account))
                                            .publicAccessBlockConfiguration()
                                            .equals(ALL_BLOCKED))
                            .orElse(false));
                    String policy = Missing.orEmpty(Set.of("NoSuchBucketPolicy"), () -> s3.getBucketPolicy(
                                            r -> r.bucket(name).expectedBucketOwner(account))
                                    .policy())
                            .orElse("");
                    return Found.of(List.of(new Observed<>(
                            ADDRESS,
                            name,
                            Map.of(ARN, arn(scope)),
                            new Bucket(versioned.get(), encryption.get(), blocked.get(), policy, scope.ownTags(tags)),
                            Origin.OURS)));
                })
                .orElseGet(() -> Found.of(List.of()));
    }

    /**
     * Creates the bucket and then sets it up, the policy last: a bucket with the wanted policy has had everything else, tags included, set before.
     *
     * @throws K8sAwsException if another account owns a bucket of this name
     */
    @Override
    public Made create(Step step, Bucket wanted) {
        String name = step.scope().bucket();
        step.await("bucket name " + name + " to be free", Duration.ofMinutes(5), () -> {
            boolean made = Missing.done(Set.of("OperationAborted"), () -> createBucket(step, name));
            return made ? Optional.empty() : Optional.of("S3 is still busy with an earlier request for this bucket");
        });
        setTags(step, step.tags(wanted.tags()));
        setPublicAccess(step, wanted);
        setEncryption(step, wanted);
        if (wanted.versioned()) {
            setVersioning(step, wanted);
        }
        setPolicy(step, wanted);
        return new Made(name, Map.of(ARN, arn(step.scope())));
    }

    @Override
    public Made update(Step step, Observed<Bucket> observed, Bucket wanted, Set<String> fields) {
        TagChange change = TagChange.of(step, wanted.tags(), fields);
        if (change.any() || fields.contains("policy")) {
            // S3 replaces all tags at once. A policy that differs may mean that the run which created the bucket never
            // came to its tags.
            Map<String, String> tags = new TreeMap<>(observed.attributes().tags());
            tags.putAll(step.tags(wanted.tags()));
            tags.keySet().removeAll(change.removed());
            setTags(step, tags);
        }
        if (fields.contains("publicAccessBlocked")) {
            setPublicAccess(step, wanted);
        }
        if (fields.contains("encryption")) {
            setEncryption(step, wanted);
        }
        if (fields.contains("versioned")) {
            setVersioning(step, wanted);
        }
        if (fields.contains("policy")) {
            setPolicy(step, wanted);
        }
        return new Made(observed.id(), observed.outputs());
    }

    /**
     * Deletes all versions of all objects, the lock's last, and then the bucket. Who calls this holds the lock and no longer renews it, so a lock that turns up
     * meanwhile is that of a writer who makes the cluster anew: the bucket and what is in it are then the other's. A writer takes the lock before it writes anything
     * else, so what was listed while the lock was not taken is no other writer's.
     *
     * @throws ConflictException if another writer has taken the lock
     */
    @Override
    public void delete(Step step, Observed<Bucket> observed) {
        String name = observed.id();
        BucketContent content =
                new BucketContent(step.aws().s3(), name, step.scope().account());
        Set<Version> ours =
                Missing.orEmpty(NO_BUCKET, () -> content.versionsOf(LOCK)).orElse(Set.of());
        Runnable requireNoOther = () -> {
            if (!ours.containsAll(content.versionsOf(LOCK))) {
                throw new ConflictException(
                        "Delete bucket " + name,
                        "another writer has taken the cluster's lock and makes the cluster anew",
                        "plan again when it has ended; all else that the cluster owned is deleted",
                        Map.of("bucket", name),
                        null);
            }
        };
        // Others may write while this deletes, so it looks again until the bucket is gone.
        step.await("bucket " + name + " to be empty", Duration.ofMinutes(5), () -> {
            boolean gone = Missing.done(
                    Set.of("BucketNotEmpty", "OperationAborted"),
                    () -> Missing.done(NO_BUCKET, () -> {
                        content.deleteAllBut(LOCK, requireNoOther);
                        requireNoOther.run();
                        content.delete(ours);
                        content.deleteBucket();
                    }));
            return gone ? Optional.empty() : Optional.of("someone still writes to it");
        });
    }

    /** The ARN of the cluster's bucket, whether it exists or not. */
    static String arn(ClusterScope scope) {
        return "arn:" + scope.partition() + ":s3:::" + scope.bucket();
    }

    private static void createBucket(Step step, String name) {
        String region = step.scope().region();
        try {
            step.aws().s3().createBucket(r -> {
                r.bucket(name);
                if (!region.equals(REGION_WITHOUT_NAME)) {
                    r.createBucketConfiguration(c -> c.locationConstraint(region));
                }
            });
        } catch (AwsCallException e) {
            if (e.code().equals("BucketAlreadyExists")) {
                throw new K8sAwsException(
                        "Create " + step.address(),
                        "another AWS account owns a bucket with the name " + name,
                        "give the cluster another name; bucket names are shared by all accounts",
                        Map.of("bucket", name, "account", step.scope().account()),
                        e);
            }
            if (!e.code().equals("BucketAlreadyOwnedByYou")) {
                throw e;
            }
        }
    }

    /** The bucket's tags. This is the first call to a bucket, so here it shows when it is someone else's. */
    private static Map<String, String> tags(S3Client s3, String name, String account) {
        Map<String, String> tags = new TreeMap<>();
        try {
            Missing.orEmpty(Set.of("NoSuchTagSet"), () -> s3.getBucketTagging(
                                    r -> r.bucket(name).expectedBucketOwner(account))
                            .tagSet())
                    .orElse(List.of())
                    .forEach(tag -> tags.put(tag.key(), tag.value()));
        } catch (AccessDeniedException e) {
            var failure = new AwsCallException.Failure(
                    e.service(), e.operation(), e.code(), e.statusCode(), e.requestId(), e.attempts(), e.retryable());
            throw new AccessDeniedException(
                    failure,
                    e.missingAction(),
                    "S3 denies access to bucket " + name
                            + "; the caller may not do this, or the bucket belongs to another account than " + account,
                    e);
        }
        return tags;
    }

    private static String encryption(GetBucketEncryptionResponse answer) {
        return answer.serverSideEncryptionConfiguration().rules().stream()
                .filter(rule -> rule.applyServerSideEncryptionByDefault() != null)
                .map(Buckets::encryption)
                .findFirst()
                .orElse("");
    }

    private static String encryption(ServerSideEncryptionRule rule) {
        var used = rule.applyServerSideEncryptionByDefault();
        String key = Optional.ofNullable(used.kmsMasterKeyID()).orElse(used.sseAlgorithmAsString());
        boolean dear =
                used.sseAlgorithm() == ServerSideEncryption.AWS_KMS && !Boolean.TRUE.equals(rule.bucketKeyEnabled());
        return dear ? key + " without a bucket key" : key;
    }

    private static void setTags(Step step, Map<String, String> tags) {
        List<Tag> list = tags.entrySet().stream()
                .map(tag ->
                        Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
        step.aws().s3().putBucketTagging(r -> r.bucket(step.scope().bucket())
                .expectedBucketOwner(step.scope().account())
                .tagging(t -> t.tagSet(list)));
    }

    private static void setPublicAccess(Step step, Bucket wanted) {
        String name = step.scope().bucket();
        String account = step.scope().account();
        if (wanted.publicAccessBlocked()) {
            step.aws().s3().putPublicAccessBlock(r -> r.bucket(name)
                    .expectedBucketOwner(account)
                    .publicAccessBlockConfiguration(ALL_BLOCKED));
        } else {
            step.aws().s3().deletePublicAccessBlock(r -> r.bucket(name).expectedBucketOwner(account));
        }
    }

    private static void setEncryption(Step step, Bucket wanted) {
        boolean kms = !wanted.encryption().equals(ServerSideEncryption.AES256.toString());
        // A bucket key spares nearly all calls to KMS.
        var rule = ServerSideEncryptionRule.builder()
                .applyServerSideEncryptionByDefault(
                        d -> d.sseAlgorithm(kms ? ServerSideEncryption.AWS_KMS : ServerSideEncryption.AES256)
                                .kmsMasterKeyID(kms ? wanted.encryption() : null))
                .bucketKeyEnabled(kms)
                .build();
        step.aws().s3().putBucketEncryption(r -> r.bucket(step.scope().bucket())
                .expectedBucketOwner(step.scope().account())
                .serverSideEncryptionConfiguration(c -> c.rules(rule)));
    }

    private static void setVersioning(Step step, Bucket wanted) {
        step.aws().s3().putBucketVersioning(r -> r.bucket(step.scope().bucket())
                .expectedBucketOwner(step.scope().account())
                .versioningConfiguration(v -> v.status(
                        wanted.versioned() ? BucketVersioningStatus.ENABLED : BucketVersioningStatus.SUSPENDED)));
    }

    private static void setPolicy(Step step, Bucket wanted) {
        String name = step.scope().bucket();
        String account = step.scope().account();
        if (wanted.policy().isEmpty()) {
            step.aws().s3().deleteBucketPolicy(r -> r.bucket(name).expectedBucketOwner(account));
        } else {
            step.aws().s3().putBucketPolicy(r -> r.bucket(name)
                    .expectedBucketOwner(account)
                    .policy(wanted.policy()));
        }
    }
}
