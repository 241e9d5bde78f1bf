package io.k8saws.internal.engine;

import io.k8saws.bootstrap.Bootstrap;
import io.k8saws.bootstrap.KeyMaterial;
import io.k8saws.error.ConflictException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.resource.BucketFiles;
import io.k8saws.internal.resource.KeyObjects;
import io.k8saws.internal.resource.SecretBundles;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.state.Lease;
import io.k8saws.internal.state.StateStore;
import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.pki.KeyRing;
import io.k8saws.state.ClusterState;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The keys that a user brings to a cluster: each is written once, and taken back only while nothing rests on it. All of it is done under the cluster's lock. */
final class GivenKeys {
    private final GuardedClients aws;
    private final ClusterScope scope;
    private final StateStore store;

    GivenKeys(GuardedClients aws, ClusterScope scope, StateStore store) {
        this.aws = aws;
        this.scope = scope;
        this.store = store;
    }

    /** See {@link Engine#keepKey}. */
    KeyGeneration keep(
            ClusterKey key, boolean next, Optional<String> kmsKey, Function<Map<KeyGeneration, String>, String> text) {
        try (Lease lease = store.acquire(store.standing())) {
            Optional<ClusterState> found = store.read();
            KeyRing.Slot slot =
                    found.map(ClusterState::keys).orElse(KeyRing.first()).of(key);
            KeyGeneration kept = new KeyGeneration(key, next ? slot.made() + 1 : 1);
            String tried = "Keep " + kept + " of cluster " + scope.cluster();
            KeyObjects objects = new KeyObjects(aws, scope);
            Map<KeyGeneration, String> present = objects.present();
            if (present.containsKey(kept)) {
                throw alreadyThere(tried, kept);
            }
            if (next) {
                requireCurrent(tried, new KeyGeneration(key, slot.current()), present);
            }
            objects.requireNew(kept, tried);
            if (!next && (slot.made() > 1 || hasApplied(found, key))) {
                throw alreadyThere(tried, kept);
            }
            String made = text.apply(present);
            lease.requireHeld();
            if (!BucketFiles.writeOnce(aws, scope, KeyMaterial.object(kept), made, kmsKey)) {
                throw alreadyThere(tried, kept);
            }
            return kept;
        }
    }

    /** See {@link Engine#forgetNextKey}. */
    Optional<KeyGeneration> forgetNext(ClusterKey key) {
        try (Lease lease = store.acquire(store.standing())) {
            KeyRing.Slot slot =
                    store.read().map(ClusterState::keys).orElse(KeyRing.first()).of(key);
            KeyGeneration given = new KeyGeneration(key, slot.made() + 1);
            String tried = "Destroy " + given + " of cluster " + scope.cluster();
            KeyObjects objects = new KeyObjects(aws, scope);
            if (!objects.isKnown(given)) {
                return Optional.empty();
            }
            Map<KeyGeneration, String> present = objects.present();
            // a state that was lost or is old would call a key the next one that is in use
            objects.requireLatest(given, tried);
            requireCurrent(tried, new KeyGeneration(key, slot.current()), present);
            Optional.ofNullable(present.get(given)).ifPresent(text -> requireUnused(tried, text));
            lease.requireHeld();
            return objects.destroy(given) ? Optional.of(given) : Optional.empty();
        }
    }

    private ConflictException alreadyThere(String tried, KeyGeneration kept) {
        return new ConflictException(
                tried,
                "the cluster has it already",
                "exchange it by a rotation, to which cluster.keepNextAuthority(...) gives an authority of yours; one that was given is what the next rotation"
                        + " goes to, unless cluster.forgetNextAuthority(...) takes it back before",
                Map.of("bucket", scope.bucket(), "key", KeyMaterial.object(kept)),
                null);
    }

    /** Its object is gone with all its versions when this is asked, and everything may rest on it all the same. */
    private static boolean hasApplied(Optional<ClusterState> state, ClusterKey key) {
        return state.flatMap(ClusterState::applied)
                .filter(spec -> Bootstrap.pki(spec).authorities().stream()
                        .anyMatch(authority -> ClusterKey.of(authority.role()) == key))
                .isPresent();
    }

    /** A state names a first generation of each key, also before it was made. */
    private void requireCurrent(String tried, KeyGeneration current, Map<KeyGeneration, String> present) {
        if (!present.containsKey(current)) {
            throw new K8sAwsException(
                    tried,
                    current + ", from which the next rotation goes, is not in the cluster's bucket",
                    "plan and apply the cluster, which makes it or says how to restore it; k8s.keepAuthority(...) before that gives one of yours",
                    Map.of("bucket", scope.bucket(), "key", KeyMaterial.object(current)),
                    null);
        }
    }

    private void requireUnused(String tried, String authority) {
        Set<String> users = SecretBundles.resting(aws, scope, KeyMaterial.certificate(authority));
        if (!users.isEmpty()) {
            throw new K8sAwsException(
                    tried,
                    "secret files of machines rest on it: " + users
                            + "; the state that this was tried on does not tell of it",
                    "restore the newest version of the object state/current.json; an authority in use leaves by a rotation alone",
                    Map.of("bucket", scope.bucket()),
                    null);
        }
    }
}
