package io.k8saws.pki;

import java.util.List;

/**
 * A file of authorities that a verifier trusts.
 *
 * @param file its path; public, mode 0644
 * @param authorities whose certificates are in it; during a {@link Rotation} the old and the new one of each
 * @param verifier who reads it, and by which flag
 */
public record TrustBundle(String file, List<AuthorityRole> authorities, String verifier) {
    /** Copies the list. */
    public TrustBundle {
        authorities = List.copyOf(authorities);
    }

    /** Returns file, authorities and verifier. */
    @Override
    public String toString() {
        return file + ": " + authorities + " for " + verifier;
    }
}
