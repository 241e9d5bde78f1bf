package io.k8saws.internal.resource;

import io.k8saws.error.K8sAwsException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;

/** All versions of all objects in a bucket, to be deleted. */
final class BucketContent {
    /** How many versions one DeleteObjects call takes (API reference). */
    private static final int AT_ONCE = BucketFiles.AT_ONCE;

    private final S3Client s3;
    private final String bucket;
    private final String account;

    BucketContent(S3Client s3, String bucket, String account) {
        this.s3 = s3;
        this.bucket = bucket;
        this.account = account;
    }

    /**
     * One version of an object.
     *
     * @param key the object
     * @param id its id; {@code null} in letters while the bucket keeps no versions
     * @param eTag tells contents apart; empty for a delete marker
     */
    record Version(String key, String id, String eTag) {}

    /** The versions of one object, delete markers included. */
    Set<Version> versionsOf(String key) {
        return pages(key)
                .flatMap(BucketContent::versions)
                .filter(version -> version.key().equals(key))
                .collect(Collectors.toSet());
    }

    /** The objects whose keys begin with a prefix, those included that were deleted and left a version. */
    Set<String> keysBelow(String prefix) {
        return pages(prefix).flatMap(BucketContent::versions).map(Version::key).collect(Collectors.toSet());
    }

    /**
     * Deletes all versions of all objects but one.
     *
     * @param key the object that stays
     * @param check throws if what was just listed may no longer be deleted
     */
    void deleteAllBut(String key, Runnable check) {
        pages("").forEach(page -> {
            List<Version> batch =
                    versions(page).filter(version -> !version.key().equals(key)).toList();
            if (!batch.isEmpty()) {
                check.run();
                delete(batch);
            }
        });
    }

    private Stream<ListObjectVersionsResponse> pages(String prefix) {
        return s3
                .listObjectVersionsPaginator(
                        r -> r.bucket(bucket).expectedBucketOwner(account).prefix(prefix))
                .stream();
    }

    /** Deletes versions. Those that are gone already are no error. */
    void delete(Collection<Version> versions) {
        List<ObjectIdentifier> all = versions.stream()
                .map(version -> ObjectIdentifier.builder()
                        .key(version.key())
                        .versionId(version.id())
                        .build())
                .toList();
        for (int from = 0; from < all.size(); from += AT_ONCE) {
            deleteAtOnce(s3, bucket, account, all.subList(from, Math.min(all.size(), from + AT_ONCE)));
        }
    }

    /** Deletes by one call: versions, or objects without one, which leave a delete marker. */
    static void deleteAtOnce(S3Client s3, String bucket, String account, List<ObjectIdentifier> batch) {
        var errors = s3.deleteObjects(
                        r -> r.bucket(bucket).expectedBucketOwner(account).delete(d -> d.objects(batch)
                                .quiet(true)))
                .errors();
        if (!errors.isEmpty()) {
            throw new K8sAwsException(
                    "Delete objects of bucket " + bucket,
                    "S3 kept " + errors.size() + " of " + batch.size() + " of them, the first because of "
                            + errors.get(0).code(),
                    "remove what protects the object (a lock or a policy), then run it again",
                    Map.of("key", errors.get(0).key()),
                    null);
        }
    }

    void deleteBucket() {
        s3.deleteBucket(r -> r.bucket(bucket).expectedBucketOwner(account));
    }

    private static Stream<Version> versions(ListObjectVersionsResponse page) {
        return Stream.concat(
                page.versions().stream()
                        .map(version -> new Version(version.key(), version.versionId(), version.eTag())),
                page.deleteMarkers().stream().map(marker -> new Version(marker.key(), marker.versionId(), "")));
    }
}
