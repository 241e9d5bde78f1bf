package io.k8saws.internal.resource;

import io.k8saws.bootstrap.KeyMaterial;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.pki.ClusterPki;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A key that the cluster rests on, in its bucket below {@code nodes/pki/keys/}, where no machine may read. It is made once, never written over, and never read by a plan. One
 * that lies there already, because the user put it there, is as good.
 */
public final class Keys implements ResourceKind<Keys.Key> {
    /** The kind's name. */
    public static final String KIND = "key";

    /**
     * The fields of this kind.
     *
     * @param bucket the cluster's bucket
     * @param material how it is made
     */
    public record Key(Ref bucket, Recipe<Making> material) implements Attributes {}

    /**
     * How keys are made. What is there is never made anew, so neither is a field.
     *
     * @param pki of what kinds they are
     * @param kmsKey the KMS key with which S3 encrypts them; empty for S3's own keys
     */
    public record Making(ClusterPki pki, Optional<String> kmsKey) {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<Key> attributes() {
        return Key.class;
    }

    @Override
    public Found<Key> read(Reading reading) {
        List<Observed<Key>> found = new ArrayList<>();
        BucketObjects.keys(reading).forEach(object -> generation(object)
                .ifPresent(generation -> found.add(new Observed<>(
                        new ResourceAddress(KIND, generation.name()),
                        object,
                        Map.of(),
                        new Key(Ref.id(reading.scope().bucket()), Recipe.known(generation.name())),
                        Origin.OURS))));
        return Found.of(found);
    }

    static Optional<KeyGeneration> generation(String object) {
        return object.startsWith(KeyMaterial.prefix())
                ? KeyGeneration.named(object.substring(KeyMaterial.prefix().length()))
                : Optional.empty();
    }

    @Override
    public Made create(Step step, Key wanted) {
        KeyGeneration generation = KeyGeneration.named(step.address().name()).orElseThrow();
        String object = KeyMaterial.object(generation);
        new KeyObjects(step.aws(), step.scope()).requireNew(generation, "Make " + step.address());
        Making making = wanted.material().how();
        String text = KeyMaterial.generate(generation, making.pki(), step.clock());
        SecretObjects.putOnce(step, SecretObjects.request(step, wanted.bucket(), object, making.kmsKey()), text);
        return Made.id(object);
    }

    /**
     * Never called: a key has no field that changes.
     *
     * @throws IllegalStateException always
     */
    @Override
    public Made update(Step step, Observed<Key> observed, Key wanted, Set<String> fields) {
        throw new IllegalStateException("Keys are not changed in place, so no plan may update " + step.address() + ".");
    }

    /** For good: nothing can need it. In a destroy the disks that rest on it are gone, and a later cluster of the same name must not find its remains. */
    @Override
    public void delete(Step step, Observed<Key> observed) {
        Missing.done(Buckets.NO_BUCKET, () -> {
            BucketContent content = new BucketContent(
                    step.aws().s3(), step.scope().bucket(), step.scope().account());
            content.delete(content.versionsOf(observed.id()));
        });
    }

    /** What was made from it is in use until the machines are gone, and what it encrypted until the disks are. */
    @Override
    public Set<String> deletedAfter() {
        return Set.of(AutoScalingGroups.KIND, SecretBundles.KIND, Volumes.KIND);
    }

    /** Data in etcd may be encrypted with it, and machines may trust it. */
    @Override
    public boolean deletedWithTheClusterOnly() {
        return true;
    }

    /** What was signed or encrypted with it cannot be verified or read any more. */
    @Override
    public Risk deletionRisk(Observed<Key> observed) {
        return Risk.DATA_LOSS;
    }
}
