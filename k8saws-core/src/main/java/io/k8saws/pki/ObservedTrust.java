package io.k8saws.pki;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one component has loaded at a moment: whom it trusts, with whose key it signs, and whose signature is on what it shows. Keys are named by their ids
 * ({@link CertificateAuthority#id()}, {@link SecretKeyPair#id()}). Immutable.
 *
 * <p>A component is whoever verifies or is verified: an API server, a kubelet, an etcd member, a kubeconfig that was handed out, the public key document of
 * the token issuer. The files from which machines boot and components restart are one, too: else a machine that starts tomorrow brings back what everybody
 * has forgotten.
 *
 * @param component its name, as the caller likes
 * @param known false while it has not told, because it starts or cannot be reached
 * @param trusts the keys that it trusts; empty when it verifies nobody
 * @param signsWith the keys that it signs with
 * @param presents the keys that have signed the certificates or tokens which it shows to others
 */
public record ObservedTrust(
        String component, boolean known, Optional<Set<String>> trusts, Set<String> signsWith, Set<String> presents) {
    /** Copies the sets. */
    public ObservedTrust {
        trusts = trusts.map(Set::copyOf);
        signsWith = Set.copyOf(signsWith);
        presents = Set.copyOf(presents);
    }

    /**
     * A component that verifies nobody, signs nothing and shows nothing, until {@link #trusting}, {@link #signingWith} and {@link #presenting} say otherwise.
     *
     * @param component its name
     * @return the observation
     */
    public static ObservedTrust of(String component) {
        return new ObservedTrust(component, true, Optional.empty(), Set.of(), Set.of());
    }

    /**
     * A component that has not told: it starts, restarts, or cannot be reached. It holds up every step.
     *
     * @param component its name
     * @return the observation
     */
    public static ObservedTrust unknown(String component) {
        return new ObservedTrust(component, false, Optional.empty(), Set.of(), Set.of());
    }

    /**
     * Says whom it trusts.
     *
     * @param keys the ids of the keys
     * @return a changed copy
     */
    public ObservedTrust trusting(String... keys) {
        return new ObservedTrust(component, known, Optional.of(Set.of(keys)), signsWith, presents);
    }

    /**
     * Says what it signs with.
     *
     * @param keys the ids of the keys
     * @return a changed copy
     */
    public ObservedTrust signingWith(String... keys) {
        return new ObservedTrust(component, known, trusts, Set.of(keys), presents);
    }

    /**
     * Says whose signature is on what it shows.
     *
     * @param keys the ids of the keys
     * @return a changed copy
     */
    public ObservedTrust presenting(String... keys) {
        return new ObservedTrust(component, known, trusts, signsWith, Set.of(keys));
    }

    /**
     * Finds who does not trust whom: the invariant of a {@link Rotation} is that this is always empty.
     *
     * @param world all that was seen; components that are not known count for nothing
     * @return one line for each verifier and each key in use that it does not trust
     */
    public static List<String> distrust(Collection<ObservedTrust> world) {
        List<String> found = new ArrayList<>();
        for (ObservedTrust verifier : world) {
            for (ObservedTrust user : world) {
                if (!verifier.known() || !user.known() || verifier.trusts().isEmpty()) {
                    continue;
                }
                Set<String> uses = new TreeSet<>(user.signsWith());
                uses.addAll(user.presents());
                uses.removeAll(verifier.trusts().get());
                uses.forEach(key -> found.add(verifier.component() + " does not trust " + shortened(key) + ", which "
                        + user.component() + " uses"));
            }
        }
        return found;
    }

    static String shortened(String key) {
        return key.length() == 64 ? key.substring(0, 12) : key; // a generation's name is told whole
    }
}
