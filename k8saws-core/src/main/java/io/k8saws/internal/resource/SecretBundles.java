package io.k8saws.internal.resource;

import io.k8saws.bootstrap.KeyMaterial;
import io.k8saws.bootstrap.MachineSecrets;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.plan.ResourceAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The secret files of a group of machines, as one object of the cluster's bucket that only their role may read. Its key carries a hash of what is wanted: other names,
 * usages or signers are another object. Old certificates are renewed under the same key. A machine that runs keeps the files that it has when its object is gone.
 */
public final class SecretBundles implements ResourceKind<SecretBundles.SecretBundle> {
    /** The kind's name. */
    public static final String KIND = "secret-bundle";

    private static final Pattern OBJECT = Pattern.compile(SecretObjects.PREFIX
            + "(?!keys/)[^/]+/(?<name>[^/]+)/[0-9a-f]{64}"); // after the role, the group and the hash

    /**
     * The fields of this kind.
     *
     * @param bucket the cluster's bucket
     * @param files which files, by the object's key
     * @param due why they are to be made anew; empty when they are not
     */
    public record SecretBundle(
            @ReplaceOnChange Ref bucket, @ReplaceOnChange Recipe<MachineSecrets> files, Optional<String> due)
            implements Attributes {
        /** Files whose certificates have time left. */
        public SecretBundle(Ref bucket, Recipe<MachineSecrets> files) {
            this(bucket, files, Optional.empty());
        }
    }

    /** Two thirds of the year that certificates live; the rest is for machines to take them in. */
    private static final Duration RENEWED_AFTER = Duration.ofDays(243);

    /** Why files are to be made anew. */
    static Optional<String> due(Instant written, Instant now) {
        return written.plus(RENEWED_AFTER).isBefore(now)
                ? Optional.of("certificates of "
                        + written.truncatedTo(ChronoUnit.DAYS).toString().substring(0, 10))
                : Optional.empty();
    }

    static boolean isBundle(String object) {
        return OBJECT.matcher(object).matches();
    }

    /**
     * Reads what authorities and certificates lie in a cluster's bucket. Their keys are passed over.
     *
     * @param aws the calls
     * @param scope the cluster
     * @return authorities by the names of their generations, the others by their group and path
     */
    public static Map<String, X509Certificate> certificates(AwsClients aws, ClusterScope scope) {
        Map<String, X509Certificate> found = new TreeMap<>();
        Map<String, Integer> bundles = new HashMap<>();
        new KeyObjects(aws, scope).present().forEach((generation, text) -> generation
                .key()
                .authority()
                .ifPresent(role -> found.put(generation.name(), KeyMaterial.certificate(text))));
        for (String object : BucketFiles.writtenBefore(aws, scope, SecretObjects.PREFIX, Instant.MAX)) {
            Matcher parts = OBJECT.matcher(object);
            if (parts.matches()) {
                // while a group goes from one bundle to the next, both are there
                int number = bundles.merge(parts.group("name"), 1, Integer::sum);
                String group = parts.group("name") + (number == 1 ? "" : " (bundle " + number + ")");
                BucketFiles.read(aws, scope, object).ifPresent(text -> MachineSecrets.certificates(text)
                        .forEach((path, certificate) -> found.put(group + " " + path, certificate)));
            }
        }
        return found;
    }

    /**
     * Finds the groups of machines whose files rest on an authority: they trust it, or have certificates that it has signed.
     *
     * @param aws the calls
     * @param scope the cluster
     * @param authority its certificate
     * @return the groups' names
     */
    public static Set<String> resting(AwsClients aws, ClusterScope scope, X509Certificate authority) {
        Set<String> found = new TreeSet<>();
        for (String object : BucketFiles.writtenBefore(aws, scope, SecretObjects.PREFIX, Instant.MAX)) {
            Matcher parts = OBJECT.matcher(object);
            if (parts.matches()
                    && BucketFiles.read(aws, scope, object)
                            .filter(text -> MachineSecrets.restsOn(text, authority))
                            .isPresent()) {
                found.add(parts.group("name"));
            }
        }
        return found;
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<SecretBundle> attributes() {
        return SecretBundle.class;
    }

    @Override
    public boolean createsBeforeDeleting() {
        return true;
    }

    /** A group starts machines as long as it is there, and they read their files. */
    @Override
    public Set<String> deletedAfter() {
        return Set.of(AutoScalingGroups.KIND);
    }

    @Override
    public Found<SecretBundle> read(Reading reading) {
        List<Observed<SecretBundle>> found = new ArrayList<>();
        BucketObjects.written(reading).forEach((object, written) -> {
            Matcher parts = OBJECT.matcher(object);
            if (parts.matches()) {
                found.add(new Observed<>(
                        new ResourceAddress(KIND, parts.group("name")),
                        object,
                        Map.of(),
                        new SecretBundle(
                                Ref.id(reading.scope().bucket()),
                                Recipe.known(object),
                                due(written, reading.clock().instant())),
                        Origin.OURS));
            }
        });
        return Found.of(found);
    }

    @Override
    public Made create(Step step, SecretBundle wanted) {
        return put(step, wanted);
    }

    /** New certificates under the same key: machines take them within a day. */
    @Override
    public Made update(Step step, Observed<SecretBundle> observed, SecretBundle wanted, Set<String> fields) {
        return put(step, wanted);
    }

    private static Made put(Step step, SecretBundle wanted) {
        MachineSecrets secrets = wanted.files().how();
        Map<KeyGeneration, String> keys = new HashMap<>();
        secrets.needs().forEach(key -> keys.put(key, SecretObjects.get(step, KeyMaterial.object(key))));
        SecretObjects.put(
                step,
                SecretObjects.request(step, wanted.bucket(), secrets.key(), secrets.kmsKey()),
                secrets.bundle(keys, step.clock()));
        return Made.id(secrets.key());
    }

    @Override
    public void delete(Step step, Observed<SecretBundle> observed) {
        SecretObjects.delete(step, observed.id());
    }
}
