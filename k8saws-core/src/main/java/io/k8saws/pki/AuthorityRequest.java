package io.k8saws.pki;

import java.time.Duration;

/**
 * An authority that a cluster needs: self-signed, its own root.
 *
 * @param role what it is for
 * @param algorithm the kind of its key
 * @param validity how long a new one is valid
 * @param reader whose machines may read its private key. Only the Kubernetes authority's is needed on machines: kube-controller-manager signs the kubelets'
 *     requests with it
 * @param files where it stands on machines
 */
public record AuthorityRequest(
        AuthorityRole role,
        KeyAlgorithm algorithm,
        Duration validity,
        KeyReader reader,
        CertificateFile.PemFiles files) {
    /**
     * Returns the authority's name in lists.
     *
     * @return its file's name without extension, such as {@code ca}
     */
    public String name() {
        return role.file();
    }

    /** Returns name, subject and key. */
    @Override
    public String toString() {
        return name() + ": " + Subject.of(role.commonName()) + ", " + algorithm;
    }
}
