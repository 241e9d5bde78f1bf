package io.k8saws.bootstrap;

import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.KeyGeneration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which generations of the cluster's keys a machine has loaded, by what it says itself. It names keys and holds none. Immutable.
 *
 * @param trusts those whose signatures it believes, or whose encryption it reads
 * @param signs those that it signs or encrypts with
 * @param shows those that have signed the certificates which it shows to others
 * @param meant the authorities of Kubernetes that a worker was started to trust, the one that signs first; empty for others, and when it was not told
 */
public record LoadedKeys(
        Set<KeyGeneration> trusts, Set<KeyGeneration> signs, Set<KeyGeneration> shows, List<KeyGeneration> meant) {
    static final String FILE = "/etc/k8saws/keys";
    static final String TRUSTS = "trusts ";
    static final String SIGNS = "signs ";
    static final String SHOWS = "shows ";
    private static final String MEANT = "meant ";

    /** Copies the sets. */
    public LoadedKeys {
        trusts = Set.copyOf(trusts);
        signs = Set.copyOf(signs);
        shows = Set.copyOf(shows);
        meant = List.copyOf(meant);
    }

    /**
     * What a machine knows that has loaded nothing, or says nothing of it.
     *
     * @return no keys
     */
    public static LoadedKeys none() {
        return new LoadedKeys(Set.of(), Set.of(), Set.of(), List.of());
    }

    /**
     * Reads what a machine says.
     *
     * @param lines such as {@code trusts authority-etcd-2}; what a later version adds is passed over
     * @return the keys
     */
    public static LoadedKeys of(List<String> lines) {
        return new LoadedKeys(
                named(lines, TRUSTS),
                named(lines, SIGNS),
                named(lines, SHOWS),
                lines.stream()
                        .filter(line -> line.startsWith(MEANT))
                        .flatMap(line -> List.of(line.substring(MEANT.length()).split(" ")).stream())
                        .flatMap(name -> KeyGeneration.named(name).stream())
                        .toList());
    }

    private static Set<KeyGeneration> named(List<String> lines, String what) {
        return lines.stream()
                .filter(line -> line.startsWith(what))
                .map(line -> KeyGeneration.named(line.substring(what.length())))
                .flatMap(Optional::stream)
                .collect(Collectors.toSet());
    }

    /**
     * The generations of one key.
     *
     * @param of such as {@link #trusts()}
     * @param key which key
     * @return their numbers
     */
    public static Set<Integer> numbers(Set<KeyGeneration> of, ClusterKey key) {
        return of.stream()
                .filter(one -> one.key() == key)
                .map(KeyGeneration::number)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns what it trusts, what it signs with and what it shows. */
    @Override
    public String toString() {
        return "trusts " + new TreeSet<>(trusts) + ", signs with " + new TreeSet<>(signs) + ", shows "
                + new TreeSet<>(shows);
    }
}
