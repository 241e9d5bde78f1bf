package io.k8saws.pki;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which generations of a cluster's keys were made, which are in use, and how far each rotation is. It names keys and holds none. A cluster's state carries it, and
 * each plan: a plan that is made anywhere draws the files of the phase that was saved last. Immutable.
 *
 * @param slots what is not named here has one generation, and was never rotated
 */
public record KeyRing(Map<ClusterKey, Slot> slots) {
    private static final KeyRing FIRST = new KeyRing(Map.of());

    /**
     * The generations of one key.
     *
     * @param current the one that is in use when no rotation runs; 0 while Secrets are not encrypted
     * @param made how many were made in all; a number is never used twice
     * @param rotation the last rotation; empty when there was none
     */
    public record Slot(int current, int made, Optional<Rotation> rotation) {
        static final Slot FIRST = new Slot(1, 1, Optional.empty());

        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException when a generation is named that was not made, or the rotation does not name generations
         */
        public Slot {
            int last = made;
            boolean known = rotation.stream()
                    .flatMap(one -> List.of(one.from(), one.to()).stream())
                    .allMatch(id -> Rotation.generation(id)
                            .filter(number -> number <= last)
                            .isPresent());
            if (current < 0 || current > made || !known) {
                throw new IllegalArgumentException("Name generations of a key: of " + made + " that were made, "
                        + current + " is said to be in use, and those of " + rotation.map(Rotation::from)
                        + ". Count from 1.");
            }
        }

        /**
         * The rotation that has not come to its end.
         *
         * @return empty when none runs
         */
        public Optional<Rotation> running() {
            return rotation.filter(one -> one.phase() != RotationPhase.DONE);
        }

        private KeyUse.Use use() {
            return running()
                    .map(one -> new KeyUse.Use(
                            number(one.signer()),
                            one.trusted().stream().map(Slot::number).collect(Collectors.toSet())))
                    .orElseGet(() -> new KeyUse.Use(current, Set.of(current)));
        }

        private static int number(String id) {
            return Rotation.generation(id).orElseThrow();
        }

        /** A rotation that is done leaves its new key in use. */
        private Slot with(Rotation next) {
            return new Slot(
                    next.phase() == RotationPhase.DONE ? number(next.to()) : current,
                    Math.max(made, number(next.to())),
                    Optional.of(next));
        }

        /** What is neither in use nor part of a rotation that runs. */
        private IntStream retired() {
            Set<Integer> needed = new TreeSet<>(use().trusted());
            running().ifPresent(one -> needed.addAll(Set.of(number(one.from()), number(one.to()))));
            return IntStream.rangeClosed(1, made).filter(number -> !needed.contains(number));
        }
    }

    /** Copies the map. */
    public KeyRing {
        Map<ClusterKey, Slot> sorted = new EnumMap<>(ClusterKey.class);
        slots.forEach((key, slot) -> {
            if (!slot.equals(Slot.FIRST)) {
                sorted.put(key, slot);
            }
        });
        slots = Collections.unmodifiableMap(sorted);
    }

    /**
     * The keys of a cluster of which none was ever rotated.
     *
     * @return each at its first generation
     */
    public static KeyRing first() {
        return FIRST;
    }

    /**
     * Reads what {@link #toJson()} wrote.
     *
     * @param json the text
     * @return the same value
     * @throws io.k8saws.error.K8sAwsException when the text is none, or one of another version
     */
    public static KeyRing fromJson(String json) {
        return KeyRingJson.read(json);
    }

    /**
     * Writes this value. It holds names only, nothing secret.
     *
     * @return JSON, in a stable order
     */
    public String toJson() {
        return KeyRingJson.write(this);
    }

    /**
     * The generations of a key.
     *
     * @param key which key
     * @return what is known of it
     */
    public Slot of(ClusterKey key) {
        return slots.getOrDefault(key, Slot.FIRST);
    }

    /**
     * Which generations sign and are trusted now.
     *
     * @return the use of all keys
     */
    public KeyUse use() {
        KeyUse use = KeyUse.first();
        for (Map.Entry<ClusterKey, Slot> slot : slots.entrySet()) {
            use = use.with(slot.getKey(), slot.getValue().use());
        }
        return use;
    }

    /**
     * The rotations that have not come to their ends.
     *
     * @return one or none for each key
     */
    public List<Rotation> running() {
        return slots.values().stream().flatMap(slot -> slot.running().stream()).toList();
    }

    /**
     * The last rotation of each key, done or not.
     *
     * @return one or none for each key
     */
    public List<Rotation> rotations() {
        return slots.values().stream().flatMap(slot -> slot.rotation().stream()).toList();
    }

    /**
     * The generations that nothing needs any more: they may be destroyed.
     *
     * @return those that were made, are not in use, and are no part of a rotation that runs
     */
    public Set<KeyGeneration> retired() {
        Set<KeyGeneration> retired = new TreeSet<>();
        slots.forEach((key, slot) -> slot.retired().forEach(number -> retired.add(new KeyGeneration(key, number))));
        return retired;
    }

    /**
     * Goes on with rotations by one phase, all together: so one roll of the machines serves all of them. Keys without a rotation that runs begin one, and the others
     * wait for them; else those that are behind go on, and only when all of these may.
     *
     * @param keys which keys
     * @param world everything that verifies or is verified by the key of a rotation, as {@link Rotation#advance} wants it
     * @param unseenLife the longest life of what a key signs and nobody sees, for rotations that begin
     * @param now when
     * @return the next value; it is to be saved before any file of its phase is written
     * @throws RotationBlockedException when something stands in the way; nothing has changed
     * @throws IllegalArgumentException when no key is named
     */
    public KeyRing next(
            Collection<ClusterKey> keys,
            Function<Rotation, List<ObservedTrust>> world,
            Function<ClusterKey, Duration> unseenLife,
            Instant now) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("Go on with the rotation of no key: name one or more.");
        }
        Set<ClusterKey> named = new TreeSet<>(keys);
        List<ClusterKey> still =
                named.stream().filter(key -> of(key).running().isEmpty()).toList();
        if (!still.isEmpty()) {
            KeyRing begun = this;
            for (ClusterKey key : still) {
                begun = begun.begin(key, of(key).current(), unseenLife.apply(key), now);
            }
            return begun;
        }
        return advance(named, world, now);
    }

    private KeyRing advance(Set<ClusterKey> keys, Function<Rotation, List<ObservedTrust>> world, Instant now) {
        List<Rotation> running =
                keys.stream().flatMap(key -> of(key).running().stream()).toList();
        RotationPhase least = running.stream()
                .map(Rotation::phase)
                .min(RotationPhase::compareTo)
                .orElseThrow();
        List<Rotation> behind =
                running.stream().filter(one -> one.phase() == least).toList();
        List<String> blockers = new ArrayList<>();
        List<Rotation> blocked = new ArrayList<>();
        KeyRing next = this;
        for (Rotation rotation : behind) {
            List<ObservedTrust> seen = world.apply(rotation);
            List<String> own = rotation.blockers(seen, now);
            if (own.isEmpty()) {
                next = next.with(rotation.advance(seen, now));
            } else {
                blocked.add(rotation);
                own.forEach(why -> blockers.add(rotation.key() + ": " + why));
            }
        }
        if (!blocked.isEmpty()) {
            throw new RotationBlockedException(blocked, blockers);
        }
        return next;
    }

    /**
     * Begins a rotation.
     *
     * @param key which key
     * @param from the generation that is in use; 0 where Secrets are not encrypted
     * @param unseenLife the longest life of what the key signs and nobody sees
     * @param now when
     * @return the ring with the rotation in its first phase
     */
    public KeyRing begin(ClusterKey key, int from, Duration unseenLife, Instant now) {
        int made = from == 0 && !slots.containsKey(key) ? 0 : of(key).made();
        Slot slot = new Slot(from, made, Optional.empty());
        return with(key, slot.with(Rotation.of(key, from, made + 1, unseenLife, now)));
    }

    /**
     * Turns the rotations of keys back, at once; see {@link Rotation#rollBack}.
     *
     * @param keys which keys; each has a rotation that runs
     * @param now when
     * @return the ring with the rotations back
     * @throws io.k8saws.error.K8sAwsException when a key has no rotation that runs
     */
    public KeyRing rollBack(Collection<ClusterKey> keys, Instant now) {
        KeyRing next = this;
        for (ClusterKey key : new TreeSet<>(keys)) {
            Rotation running = of(key).running()
                    .orElseThrow(() -> new io.k8saws.error.K8sAwsException(
                            "Roll back the rotation of " + key,
                            "none runs",
                            "begin a new rotation, when the key is to be exchanged again"));
            next = next.with(running.rollBack(now));
        }
        return next;
    }

    private KeyRing with(Rotation rotation) {
        return with(rotation.key(), of(rotation.key()).with(rotation));
    }

    private KeyRing with(ClusterKey key, Slot slot) {
        Map<ClusterKey, Slot> changed = new EnumMap<>(ClusterKey.class);
        changed.putAll(slots);
        changed.put(key, slot);
        return new KeyRing(changed);
    }

    /** Returns one line for each key that was rotated. */
    @Override
    public String toString() {
        return slots.isEmpty()
                ? "all keys at their first generation"
                : slots.entrySet().stream()
                        .map(entry -> line(entry.getKey(), entry.getValue()))
                        .collect(Collectors.joining("\n"));
    }

    private static String line(ClusterKey key, Slot slot) {
        return slot.running()
                .map(one -> one.from() + " -> " + one.to() + ": " + one.phase() + " since " + one.since())
                .orElseGet(() -> key + ": generation " + slot.current() + " of " + slot.made());
    }
}
