package io.k8saws;

import io.k8saws.internal.operate.Rotating;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.operate.RollOptions;
import io.k8saws.operate.RollPlan;
import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.KeyRing;
import io.k8saws.pki.Rotation;
import io.k8saws.pki.RotationBlockedException;
import io.k8saws.pki.RotationPhase;
import io.k8saws.plan.Plan;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.state.ClusterState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Brings rotations to their ends: plan, apply, roll, and again. It remembers nothing that the cluster's state does not say, so another run goes on where this one was cut
 * off. Used by one thread.
 */
final class RotationRun {
    private static final Duration PAUSE = Duration.ofSeconds(2);

    /** After the roll of a phase the control plane is of that phase, so a worker's successor is, too; a second time is for one that joined meanwhile. */
    private static final int MOST_REPLACED = 2;

    private final K8sAws library;
    private final Rotating rotating;
    private final String cluster;
    private final Set<ClusterKey> keys;
    private final Optional<Duration> unseenLife;
    private final Consumer<RollOptions.Builder> options;
    private final Sleeper sleeper = Sleeper.system();
    private final Map<ClusterKey, RotationPhase> told = new HashMap<>();

    RotationRun(
            K8sAws library,
            Rotating rotating,
            String cluster,
            Set<ClusterKey> keys,
            Optional<Duration> unseenLife,
            Consumer<RollOptions.Builder> options) {
        this.library = library;
        this.rotating = rotating;
        this.cluster = cluster;
        this.keys = new TreeSet<>(keys);
        this.unseenLife = unseenLife;
        this.options = options;
    }

    List<Rotation> run(Duration limit) {
        long end = sleeper.nanoTime() + limit.toNanos();
        boolean began = false;
        while (true) {
            Cluster now = library.cluster(cluster);
            KeyRing ring = now.state().keys();
            now.requireWanted();
            tell(ring);
            if (now.state().status() != ClusterState.Status.APPLIED) {
                began = began || differs(ring, now.state().appliedKeys());
                library.apply(library.plan(now.spec()));
                continue;
            }
            boolean runs = keys.stream().anyMatch(key -> ring.of(key).running().isPresent());
            if (began && !runs) {
                return keys.stream()
                        .flatMap(key -> ring.of(key).rotation().stream())
                        .toList();
            }
            if (runs) {
                settle(now, ring, end);
            }
            library.apply(next(now, ring, end));
            began = true;
        }
    }

    /** Whether an apply that did not come to its end was one of these rotations. */
    private boolean differs(KeyRing ring, KeyRing applied) {
        return keys.stream().anyMatch(key -> !ring.of(key).equals(applied.of(key)));
    }

    /** Brings machines, and what lies in etcd, to what the phase wants. */
    private void settle(Cluster now, KeyRing ring, long end) {
        RollPlan roll = now.planRoll(options);
        if (!roll.isEmpty()) {
            now.roll(roll, left(end));
        }
        if (keys.contains(ClusterKey.AUTHORITY_KUBERNETES) && Rotating.teachesTrust(ring)) {
            now.renewTrustOfPods(left(end));
        }
        if (rotating.toBeRewritten(ring)) {
            now.rewriteSecrets(left(end));
        }
    }

    private Duration left(long end) {
        return Duration.ofNanos(Math.max(1, end - sleeper.nanoTime()));
    }

    private Plan next(Cluster now, KeyRing ring, long end) {
        int replaced = 0;
        while (true) {
            try {
                return unseenLife.map(life -> now.planRotation(keys, life)).orElseGet(() -> now.planRotation(keys));
            } catch (RotationBlockedException e) {
                Duration left = left(end);
                if (left.compareTo(PAUSE) < 0) {
                    throw e;
                }
                if (replaced < MOST_REPLACED && replaceBehind(now, ring, end)) {
                    replaced++;
                    continue;
                }
                if (waitsBeyond(ring, library.clock().instant().plus(left))) {
                    throw e;
                }
                sleeper.sleep(PAUSE, "Rotate keys of cluster " + cluster);
            }
        }
    }

    /** Ends workers that joined by a machine of the control plane of an earlier phase, through their groups as any roll does. Tells whether there were some. */
    private boolean replaceBehind(Cluster now, KeyRing ring, long end) {
        Set<String> behind = rotating.workersBehind(now.spec(), ring, keys);
        if (behind.isEmpty()) {
            return false;
        }
        RollPlan roll = now.planRoll(options.andThen(more -> behind.forEach(more::also)));
        if (!roll.isEmpty()) {
            now.roll(roll, left(end));
        }
        return true;
    }

    /** What nobody sees may live longer than this run. */
    private boolean waitsBeyond(KeyRing ring, Instant end) {
        return keys.stream()
                .flatMap(key -> ring.of(key).running().stream())
                .anyMatch(rotation -> rotation.phase() == RotationPhase.REISSUE
                        && rotation.since().plus(rotation.unseenLife()).isAfter(end));
    }

    private void tell(KeyRing ring) {
        for (ClusterKey key : keys) {
            ring.of(key)
                    .rotation()
                    .filter(rotation -> rotation.phase() != told.put(key, rotation.phase()))
                    .ifPresent(rotation -> library.progress()
                            .onEvent(new ProgressEvent.ComponentChanged(
                                    cluster,
                                    "key " + key,
                                    rotation.from() + " -> " + rotation.to() + ": " + rotation.phase(),
                                    rotation.phase() == RotationPhase.DONE)));
        }
    }
}
