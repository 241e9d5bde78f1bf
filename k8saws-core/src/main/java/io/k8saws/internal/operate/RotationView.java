package io.k8saws.internal.operate;

import io.k8saws.bootstrap.LoadedKeys;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.pki.KeyUse;
import io.k8saws.pki.ObservedTrust;
import io.k8saws.pki.Rotation;
import io.k8saws.pki.RotationPhase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a rotation is told of a cluster: each machine that verifies, signs or shows something of its key, by what the machine says itself. Who says nothing, is on its
 * way, or was started for an earlier phase, holds the rotation up under its name. Pure.
 */
final class RotationView {
    private static final String ROLL = " (it was started for an earlier phase: roll it)";

    private RotationView() {}

    /**
     * What is seen of one rotation.
     *
     * @param rotation the rotation, of generations
     * @param machines all machines that the cluster's groups have
     * @param use which generations machines are to load in this phase
     * @param rewritten whether all Secrets were written back since everybody encrypts with the new key
     */
    static List<ObservedTrust> of(Rotation rotation, List<SeenMachine> machines, KeyUse use, boolean rewritten) {
        List<ObservedTrust> world = new ArrayList<>();
        machines.stream()
                .filter(machine -> concerns(rotation.key(), machine.part()))
                .map(machine -> seen(rotation, machine, use))
                .forEach(world::add);
        if (rotation.key() == ClusterKey.SECRETS_ENCRYPTION) {
            boolean fresh = rewritten || rotation.phase().compareTo(RotationPhase.DROP_OLD) >= 0;
            world.add(ObservedTrust.of("what lies in etcd (write all Secrets back)")
                    .presenting(fresh ? rotation.to() : rotation.from()));
        }
        return world;
    }

    private static boolean concerns(ClusterKey key, String part) {
        boolean worker = isWorker(part);
        return switch (key) {
            case AUTHORITY_KUBERNETES -> !part.startsWith("etcd-");
            case AUTHORITY_ETCD, AUTHORITY_ETCD_EVENTS -> !worker;
            case AUTHORITY_FRONT_PROXY, SERVICE_ACCOUNTS, SECRETS_ENCRYPTION -> part.startsWith("control-plane");
        };
    }

    private static ObservedTrust seen(Rotation rotation, SeenMachine machine, KeyUse use) {
        String name = machine.part() + " " + machine.instance();
        Optional<LoadedKeys> loaded = machine.status()
                .filter(status -> status.state() == NodeStatus.State.DONE)
                .map(NodeStatus::keys);
        if (loaded.isEmpty()) {
            return ObservedTrust.unknown(name);
        }
        LoadedKeys keys = loaded.get();
        boolean worker = isWorker(machine.part());
        boolean earlier = worker && !keys.meant().equals(use.trusted(ClusterKey.AUTHORITY_KUBERNETES));
        if (keys.trusts().isEmpty() || earlier || (worker && keys.shows().isEmpty())) {
            return ObservedTrust.unknown(name + ROLL);
        }
        return new ObservedTrust(
                name,
                true,
                Optional.of(trusts(rotation, keys)),
                signs(rotation, keys),
                names(keys.shows(), rotation.key()));
    }

    /**
     * Workers that have gone all the way, and not to where this phase wants them: they joined by a machine of the control plane of an earlier phase. A worker does not look
     * again, so only its successor mends that.
     *
     * @param rotation the rotation, of generations
     * @param machines all machines that the cluster's groups have
     * @param use which generations machines are to load in this phase
     * @return the instances
     */
    static Set<String> workersBehind(Rotation rotation, List<SeenMachine> machines, KeyUse use) {
        return machines.stream()
                .filter(machine -> isWorker(machine.part()) && concerns(rotation.key(), machine.part()))
                .filter(machine -> machine.status()
                        .filter(status -> status.state() == NodeStatus.State.DONE)
                        .isPresent())
                .filter(machine -> isBehind(rotation, seen(rotation, machine, use)))
                .map(SeenMachine::instance)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Those workers, when nothing but them holds rotations up that go on together. While another machine is in the way, perhaps one of the control plane that has yet to follow, their
     * successors could join by it and be behind again. What only time does is not looked at.
     *
     * @param running rotations that run
     * @param machines all machines that the cluster's groups have
     * @param use which generations machines are to load in this phase
     * @param rewritten whether all Secrets were written back in this phase of a rotation
     * @return the instances; empty when others are in the way, too
     */
    static Set<String> workersAloneBehind(
            List<Rotation> running, List<SeenMachine> machines, KeyUse use, Predicate<Rotation> rewritten) {
        Optional<RotationPhase> least = running.stream().map(Rotation::phase).min(RotationPhase::compareTo);
        List<Rotation> next = running.stream()
                .filter(rotation -> least.filter(rotation.phase()::equals).isPresent())
                .toList();
        Set<String> behind = next.stream()
                .filter(rotation -> rotation.key() == ClusterKey.AUTHORITY_KUBERNETES)
                .flatMap(rotation -> workersBehind(rotation, machines, use).stream())
                .collect(Collectors.toUnmodifiableSet());
        List<SeenMachine> others = machines.stream()
                .filter(machine -> !behind.contains(machine.instance()))
                .toList();
        boolean alone = next.stream().allMatch(rotation -> rotation.blockers(
                        of(rotation, others, use, rewritten.test(rotation)),
                        rotation.since().plus(rotation.unseenLife()))
                .isEmpty());
        return alone ? behind : Set.of();
    }

    private static boolean isBehind(Rotation rotation, ObservedTrust worker) {
        Set<String> trusts = worker.trusts().orElse(Set.of());
        boolean showsOld = worker.presents().contains(rotation.from());
        return !worker.known()
                || !trusts.containsAll(rotation.trusted())
                || switch (rotation.phase()) {
                    case TRUST_BOTH, DONE -> false;
                    case SIGN_WITH_NEW, REISSUE -> showsOld;
                    case DROP_OLD -> showsOld || trusts.contains(rotation.from());
                };
    }

    private static boolean isWorker(String part) {
        return part.startsWith("pool-");
    }

    private static Set<String> names(Set<KeyGeneration> keys, ClusterKey key) {
        return keys.stream()
                .filter(one -> one.key() == key)
                .map(KeyGeneration::name)
                .collect(Collectors.toSet());
    }

    /** Each API server reads Secrets that are not encrypted, in every phase. */
    private static Set<String> trusts(Rotation rotation, LoadedKeys keys) {
        Set<String> trusts = new HashSet<>(names(keys.trusts(), rotation.key()));
        rotation.trusted().stream().filter(Rotation.PLAIN::equals).forEach(trusts::add);
        return trusts;
    }

    private static Set<String> signs(Rotation rotation, LoadedKeys keys) {
        Set<String> signs = names(keys.signs(), rotation.key());
        return signs.isEmpty() && rotation.key() == ClusterKey.SECRETS_ENCRYPTION ? Set.of(Rotation.PLAIN) : signs;
    }
}
