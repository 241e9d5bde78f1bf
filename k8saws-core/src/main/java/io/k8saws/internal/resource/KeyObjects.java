package io.k8saws.internal.resource;

import io.k8saws.bootstrap.KeyMaterial;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.pki.KeyGeneration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The objects of a cluster's keys, and what guards them: another key under the name of one that is in use locks everybody out. What is read here is secret and must not be
 * printed.
 */
public final class KeyObjects {
    private final AwsClients aws;
    private final ClusterScope scope;

    /**
     * Names the keys of a cluster; calls nothing.
     *
     * @param aws the calls
     * @param scope the cluster
     */
    public KeyObjects(AwsClients aws, ClusterScope scope) {
        this.aws = aws;
        this.scope = scope;
    }

    /**
     * Reads all keys that are there.
     *
     * @return their texts; those that somebody deleted are not among them
     */
    public Map<KeyGeneration, String> present() {
        Map<KeyGeneration, String> present = new TreeMap<>();
        BucketFiles.writtenBefore(aws, scope, KeyMaterial.prefix(), Instant.MAX)
                .forEach(object -> Keys.generation(object).ifPresent(generation -> BucketFiles.read(aws, scope, object)
                        .ifPresent(text -> present.put(generation, text))));
        return present;
    }

    /**
     * Refuses to make a key that was there before, or one that a later generation has followed.
     *
     * @param generation which one
     * @param tried what is tried, for the message
     * @throws K8sAwsException when it must not be made; it says what to do
     */
    public void requireNew(KeyGeneration generation, String tried) {
        requireNeverThere(KeyMaterial.object(generation), tried);
        requireLatest(generation, tried);
    }

    /** A new key in the place of a lost one would lock out all that rests on the old one. */
    private void requireNeverThere(String object, String tried) {
        boolean deleted = content().versionsOf(object).stream()
                .anyMatch(version -> version.eTag().isEmpty());
        if (deleted) {
            throw new K8sAwsException(
                    tried,
                    "it was there before, and its object was deleted; what it has signed and encrypted is still in use",
                    "restore the object: delete its delete marker, then plan and apply again",
                    Map.of("bucket", scope.bucket(), "key", object),
                    null);
        }
    }

    /**
     * Refuses a generation that a later one has followed. One that a rotation has destroyed must not come back because somebody lost the state that tells of it.
     *
     * @param generation which one
     * @param tried what is tried, for the message
     * @throws K8sAwsException when a later one is there
     */
    public void requireLatest(KeyGeneration generation, String tried) {
        Set<String> objects =
                content().keysBelow(KeyMaterial.prefix() + generation.key().label() + "-");
        objects.stream()
                .flatMap(object -> Keys.generation(object).stream())
                .filter(other -> other.key() == generation.key() && other.number() > generation.number())
                .max(KeyGeneration::compareTo)
                .ifPresent(later -> {
                    throw new K8sAwsException(
                            tried,
                            later + " is there, so a rotation has gone past " + generation
                                    + "; the state that this was tried on does not tell of it",
                            "restore the newest version of the object state/current.json, then plan and apply again",
                            Map.of("bucket", scope.bucket()),
                            null);
                });
    }

    /**
     * Tells whether a key is there, or was there and its object was deleted.
     *
     * @param generation which one
     * @return whether there is anything to destroy
     */
    public boolean isKnown(KeyGeneration generation) {
        return !content().versionsOf(KeyMaterial.object(generation)).isEmpty();
    }

    /**
     * Destroys a key that nobody uses, with all its versions.
     *
     * @param generation which one
     * @return whether it was there
     */
    public boolean destroy(KeyGeneration generation) {
        Set<BucketContent.Version> versions = content().versionsOf(KeyMaterial.object(generation));
        content().delete(versions);
        return !versions.isEmpty();
    }

    private BucketContent content() {
        return new BucketContent(aws.s3(), scope.bucket(), scope.account());
    }
}
