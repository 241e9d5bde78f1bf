package io.k8saws.pki;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which generations of a cluster's keys are in use: one of each key signs, and one or two are trusted. It names keys and holds none. Immutable.
 *
 * @param uses what is not named here is at its first generation
 */
public record KeyUse(Map<ClusterKey, Use> uses) {
    private static final Use FIRST = new Use(1, Set.of(1));

    /**
     * The generations of one key.
     *
     * @param signer the one that signs or encrypts; 0 while Secrets are not encrypted
     * @param trusted those whose signatures are believed, and whose encryption is read; 0 among them says that Secrets without encryption are in use
     */
    public record Use(int signer, Set<Integer> trusted) {
        /**
         * Copies the set.
         *
         * @throws IllegalArgumentException when the signer is not trusted
         */
        public Use {
            trusted = Set.copyOf(trusted);
            if (!trusted.contains(signer)) {
                throw new IllegalArgumentException(
                        "Use generation " + signer + " of a key: only " + new TreeSet<>(trusted) + " are trusted.");
            }
        }
    }

    /** Copies the map. */
    public KeyUse {
        uses = Map.copyOf(uses);
    }

    /**
     * The use of all keys before any was rotated.
     *
     * @return each at its first generation
     */
    public static KeyUse first() {
        return new KeyUse(Map.of());
    }

    /**
     * How a key is used.
     *
     * @param key the key
     * @return its generations
     */
    public Use of(ClusterKey key) {
        return uses.getOrDefault(key, FIRST);
    }

    /**
     * The generation that signs.
     *
     * @param key the key
     * @return its signer
     */
    public KeyGeneration signer(ClusterKey key) {
        return new KeyGeneration(key, of(key).signer());
    }

    /**
     * The generations that are trusted, the signer first: some programs read the first of several only.
     *
     * @param key the key
     * @return one or more
     */
    public List<KeyGeneration> trusted(ClusterKey key) {
        Use use = of(key);
        Set<Integer> others = new TreeSet<>(use.trusted());
        others.remove(use.signer());
        return java.util.stream.Stream.concat(java.util.stream.Stream.of(use.signer()), others.stream())
                .filter(number -> number > 0)
                .map(number -> new KeyGeneration(key, number))
                .toList();
    }

    /**
     * A changed copy.
     *
     * @param key the key
     * @param use its generations
     * @return the copy
     */
    public KeyUse with(ClusterKey key, Use use) {
        Map<ClusterKey, Use> changed = new EnumMap<>(ClusterKey.class);
        changed.putAll(uses);
        changed.put(key, use);
        if (use.equals(FIRST)) {
            changed.remove(key);
        }
        return new KeyUse(changed);
    }

    /** Returns each key that was rotated with its generations. */
    @Override
    public String toString() {
        return uses.isEmpty() ? "all keys at their first generation" : new TreeMap<>(uses).toString();
    }
}
