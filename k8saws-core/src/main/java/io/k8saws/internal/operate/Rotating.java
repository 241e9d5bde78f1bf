package io.k8saws.internal.operate;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.bootstrap.Bootstrap;
import io.k8saws.bootstrap.KeyMaterial;
import io.k8saws.bootstrap.TokenLife;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.OperatingSystem;
import io.k8saws.cluster.SecretsEncryption;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.KubernetesCallException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.internal.blueprint.MachineGroups;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.resource.AutoScalingGroups;
import io.k8saws.internal.resource.BucketFiles;
import io.k8saws.internal.resource.LiveGroups;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.internal.seam.GuardedKubernetes;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.ExpiryReport;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.pki.KeyRing;
import io.k8saws.pki.KeyUse;
import io.k8saws.pki.Rotation;
import io.k8saws.pki.RotationPhase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Drives the rotations of a cluster's keys: looks at its machines, says what comes next, and writes Secrets back. Safe to use from many threads. */
public final class Rotating {
    private static final Duration PAUSE = Duration.ofSeconds(3);
    private static final String SECRETS = "/api/v1/secrets";

    private final AwsClients aws;
    private final ClusterScope scope;
    private final ResiliencePolicy policy;
    private final Sleeper sleeper;
    private final Clock clock;
    private final Machines machines;

    /**
     * Makes a driver; calls nothing.
     *
     * @param aws the calls
     * @param scope the cluster
     * @param policy how patient to be
     * @param sleeper lets time pass
     * @param clock tells now
     */
    public Rotating(AwsClients aws, ClusterScope scope, ResiliencePolicy policy, Sleeper sleeper, Clock clock) {
        this.aws = aws;
        this.scope = scope;
        this.policy = policy;
        this.sleeper = sleeper;
        this.clock = clock;
        this.machines = new Machines(aws, scope);
    }

    /**
     * The keys that a cluster has.
     *
     * @param spec the cluster
     * @return its authorities, the service-account key, and the key that encrypts Secrets when they are
     */
    public static Set<ClusterKey> keys(ClusterSpec spec) {
        Set<ClusterKey> keys = EnumSet.of(ClusterKey.SERVICE_ACCOUNTS);
        Bootstrap.pki(spec).authorities().forEach(authority -> keys.add(ClusterKey.of(authority.role())));
        if (spec.kubernetes().secretsEncryption() != SecretsEncryption.NONE) {
            keys.add(ClusterKey.SECRETS_ENCRYPTION);
        }
        return keys;
    }

    /**
     * How long what a key has signed lives where nobody sees it, unless somebody knows better.
     *
     * @param spec the cluster
     * @param key the key
     * @return for tokens what the API server's flags say, for the Kubernetes authority as long as this library's kubeconfigs live, else zero
     */
    public static Duration unseenLife(ClusterSpec spec, ClusterKey key) {
        return switch (key) {
            case SERVICE_ACCOUNTS -> TokenLife.longest(spec);
            case AUTHORITY_KUBERNETES -> Operator.CREDENTIALS;
            default -> Duration.ZERO;
        };
    }

    /**
     * Goes on with rotations by one phase. Reads only.
     *
     * @param spec the cluster
     * @param ring the keys in use, whose files all groups of machines start with
     * @param keys which keys
     * @param unseenLife for rotations that begin
     * @return the keys to use from then on
     * @throws io.k8saws.pki.RotationBlockedException when a machine, a Secret or time stands in the way
     * @throws IllegalArgumentException when the cluster has no such key
     */
    public KeyRing next(
            ClusterSpec spec, KeyRing ring, Collection<ClusterKey> keys, Function<ClusterKey, Duration> unseenLife) {
        requireKnown(spec, keys);
        Seen seen = new Seen(spec);
        KeyUse use = ring.use();
        KeyRing next = ring.next(
                keys,
                rotation -> RotationView.of(rotation, seen.machines(), use, rewritten(rotation)),
                unseenLife,
                clock.instant());
        keys.stream()
                .filter(key ->
                        ring.of(key).running().isEmpty() && key.authority().isPresent())
                .flatMap(key -> next.of(key).running().stream())
                .flatMap(begun -> KeyGeneration.named(begun.to()).stream())
                .forEach(this::requireUsable);
        return next;
    }

    /** What was given for a rotation may have ended since: machines and we ourselves would refuse it when the rotation is saved already. */
    private void requireUsable(KeyGeneration given) {
        String tried = "Rotate to " + given + " of cluster " + scope.cluster();
        String hint =
                "take it back by cluster.forgetNextAuthority(...); then give another one, or the rotation makes its own";
        Map<String, String> context = Map.of("bucket", scope.bucket(), "key", KeyMaterial.object(given));
        BucketFiles.read(aws, scope, KeyMaterial.object(given)).ifPresent(text -> {
            Instant end;
            try {
                end = KeyMaterial.authority(text, clock).notAfter();
            } catch (K8sAwsException e) {
                throw new K8sAwsException(
                        tried, "what was given for it cannot be used: " + e.getMessage(), hint, context, e);
            }
            if (clock.instant().plus(ExpiryReport.Thresholds.DEFAULT.urgent()).isAfter(end)) {
                throw new K8sAwsException(
                        tried,
                        "what was given for it ends at " + end + ", and it is " + clock.instant(),
                        hint,
                        context,
                        null);
            }
        });
    }

    /**
     * The workers that only their successors can bring to where a rotation's phase wants them, once all machines were rolled, and nothing but them is in the way. Reads only.
     *
     * @param spec the cluster
     * @param ring the keys in use
     * @param keys the keys whose rotations are looked at
     * @return instances; empty when no rotation runs that workers have to do with, or other machines are in the way, too
     */
    public Set<String> workersBehind(ClusterSpec spec, KeyRing ring, Collection<ClusterKey> keys) {
        List<Rotation> running =
                keys.stream().flatMap(key -> ring.of(key).running().stream()).toList();
        return running.stream().noneMatch(rotation -> rotation.key() == ClusterKey.AUTHORITY_KUBERNETES)
                ? Set.of()
                : RotationView.workersAloneBehind(running, look(spec), ring.use(), this::rewritten);
    }

    private void requireKnown(ClusterSpec spec, Collection<ClusterKey> keys) {
        Set<ClusterKey> known = keys(spec);
        keys.stream().filter(key -> !known.contains(key)).findFirst().ifPresent(key -> {
            throw new IllegalArgumentException("Rotate the key " + key + " of cluster " + scope.cluster()
                    + ": it has none. Use some of " + known + ".");
        });
        boolean windows = spec.nodePools().stream().anyMatch(pool -> pool.os() == OperatingSystem.WINDOWS);
        if (windows && keys.contains(ClusterKey.AUTHORITY_KUBERNETES)) {
            throw new IllegalArgumentException("Rotate the authority of Kubernetes in cluster " + scope.cluster()
                    + ": Windows workers do not tell which authorities they know, so nobody can say when it is safe to drop the old one."
                    + " Take their pools out first, or rotate the other keys.");
        }
    }

    /**
     * Turns rotations back. Calls nothing.
     *
     * @param ring the keys in use
     * @param keys which keys
     * @return the keys to use from then on
     */
    public KeyRing back(KeyRing ring, Collection<ClusterKey> keys) {
        return ring.rollBack(keys, clock.instant());
    }

    /** The machines, looked at once and only when somebody asks. */
    private final class Seen {
        private final ClusterSpec spec;
        private Optional<List<SeenMachine>> machines = Optional.empty();

        Seen(ClusterSpec spec) {
            this.spec = spec;
        }

        List<SeenMachine> machines() {
            if (machines.isEmpty()) {
                machines = Optional.of(look(spec));
            }
            return machines.get();
        }
    }

    private List<SeenMachine> look(ClusterSpec spec) {
        Map<String, LiveGroups.Group> found = machines.groups();
        Map<String, LiveGroups.Group> groups = new LinkedHashMap<>();
        MachineGroups.byPart(spec)
                .forEach((part, name) -> Optional.ofNullable(found.get(AutoScalingGroups.name(scope, name)))
                        .ifPresent(group -> groups.put(part, group)));
        Map<String, SelfReport> said = machines.said(groups);
        List<SeenMachine> seen = new ArrayList<>();
        groups.forEach((part, group) -> group.instances()
                .forEach(instance -> seen.add(new SeenMachine(
                        part,
                        instance,
                        said.getOrDefault(instance, SelfReport.nothing()).status()))));
        return seen;
    }

    /**
     * Whether pods may know the old Kubernetes authority alone.
     *
     * @param ring the keys in use
     * @return true while everybody learns to trust a new one
     */
    public static boolean teachesTrust(KeyRing ring) {
        return ring.of(ClusterKey.AUTHORITY_KUBERNETES)
                .running()
                .filter(rotation -> rotation.phase() == RotationPhase.TRUST_BOTH)
                .isPresent();
    }

    /**
     * Waits until each pod that mounts the authorities of the API has started since they were written; lets those leave that have not.
     *
     * @param ring the keys in use
     * @param client reaches the API
     * @param limit how long at most
     * @throws WaitTimeoutException when it took longer; it names the pods
     */
    public void renewTrust(KeyRing ring, KubernetesClient client, Duration limit) {
        RootTrust trust = new RootTrust(new GuardedKubernetes(client, policy, sleeper));
        int authorities = ring.use().trusted(ClusterKey.AUTHORITY_KUBERNETES).size();
        long started = sleeper.nanoTime();
        while (true) {
            List<String> lacking = trust.renew(authorities);
            if (lacking.isEmpty()) {
                return;
            }
            Duration waited = Duration.ofNanos(sleeper.nanoTime() - started);
            if (waited.compareTo(limit) >= 0) {
                throw new WaitTimeoutException(
                        "pods of cluster " + scope.cluster() + " to know all authorities of its API",
                        waited,
                        String.join("\n", lacking),
                        "roll the control plane, and look at the budgets of the pods that are named",
                        Map.of());
            }
            sleeper.sleep(PAUSE, "Wait for pods to know all authorities");
        }
    }

    /** Where it is written down that all Secrets were written back in this phase. */
    private static String rewrittenKey(Rotation rotation) {
        return "rotations/" + rotation.key() + "/" + rotation.to() + "-"
                + rotation.since().getEpochSecond();
    }

    private boolean rewritten(Rotation rotation) {
        return rotation.key() == ClusterKey.SECRETS_ENCRYPTION
                && rotation.phase() == RotationPhase.REISSUE
                && BucketFiles.read(aws, scope, rewrittenKey(rotation)).isPresent();
    }

    /**
     * Whether Secrets are to be written back before the rotation of their key can go on.
     *
     * @param ring the keys in use
     * @return true in the phase in which everybody encrypts with the new key, until it was done
     */
    public boolean toBeRewritten(KeyRing ring) {
        return reissuing(ring).filter(rotation -> !rewritten(rotation)).isPresent();
    }

    private static Optional<Rotation> reissuing(KeyRing ring) {
        return ring.of(ClusterKey.SECRETS_ENCRYPTION)
                .running()
                .filter(rotation -> rotation.phase() == RotationPhase.REISSUE);
    }

    /**
     * Reads every Secret and writes it back as it is, so that the API server encrypts it with the key that is first now. One that somebody changes or deletes meanwhile is left
     * alone: that is as good.
     *
     * @param ring the keys in use; when a rotation waits for this, it is told
     * @param client reaches the API
     * @param limit how long at most
     * @return how many were written
     * @throws WaitTimeoutException when it took longer; call it again, it begins anew
     */
    public int rewrite(KeyRing ring, KubernetesClient client, Duration limit) {
        GuardedKubernetes kubernetes = new GuardedKubernetes(client, policy, sleeper);
        long started = sleeper.nanoTime();
        int written = 0;
        List<Map<String, Object>> secrets = kubernetes.list(SECRETS, "");
        for (Map<String, Object> secret : secrets) {
            Duration waited = Duration.ofNanos(sleeper.nanoTime() - started);
            if (waited.compareTo(limit) > 0) {
                throw new WaitTimeoutException(
                        "all Secrets of cluster " + scope.cluster() + " to be written back",
                        waited,
                        written + " of " + secrets.size() + " are",
                        Map.of());
            }
            written += rewrite(kubernetes, secret) ? 1 : 0;
        }
        reissuing(ring)
                .ifPresent(rotation -> BucketFiles.writeOnce(
                        aws, scope, rewrittenKey(rotation), written(secrets.size(), clock.instant())));
        return written;
    }

    private static String written(int secrets, Instant when) {
        return secrets + " Secrets were written back by " + when + "\n";
    }

    private static boolean rewrite(GuardedKubernetes kubernetes, Map<String, Object> secret) {
        Map<String, Object> whole = new HashMap<>(secret);
        whole.put("apiVersion", "v1");
        whole.put("kind", "Secret");
        try {
            kubernetes.replace(path(whole), whole);
            return true;
        } catch (KubernetesCallException e) {
            if (e.statusCode() == 404 || e.statusCode() == 409) {
                return false;
            }
            throw e;
        }
    }

    private static String path(Map<String, Object> secret) {
        Map<?, ?> metadata = (Map<?, ?>) secret.getOrDefault("metadata", Map.of());
        return "/api/v1/namespaces/" + metadata.get("namespace") + "/secrets/" + metadata.get("name");
    }
}
