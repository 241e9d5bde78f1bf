package io.k8saws.pki;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A certificate that a cluster needs, before anybody has signed it.
 *
 * @param name its file's name, such as {@code apiserver}, {@code etcd/server}, {@code admin.conf}
 * @param machine the node or member whose name is in it; empty when machines of the role share it
 * @param subject whom it names
 * @param altNames under which names its server is reached; none for clients
 * @param usages what it may be used for, at least one
 * @param validity how long a new one is valid
 * @param algorithm the kind of its key
 * @param signer which authority signs it
 * @param reader whose machines may read its private key
 * @param file where it stands
 */
public record CertificateRequest(
        String name,
        Optional<String> machine,
        Subject subject,
        AltNames altNames,
        List<Usage> usages,
        Duration validity,
        KeyAlgorithm algorithm,
        AuthorityRole signer,
        KeyReader reader,
        CertificateFile file) {
    /** Copies the list and checks that there is a usage (kubeadm refuses a certificate without one, too). */
    public CertificateRequest {
        usages = List.copyOf(usages);
        if (usages.isEmpty()) {
            throw new IllegalArgumentException("certificate " + name + " needs a usage");
        }
    }

    /**
     * Returns the name by which it is told apart in a cluster.
     *
     * @return the name, and for a machine's own certificate {@code @} and the machine: {@code apiserver@cp-1}
     */
    public String id() {
        return name + machine.map(m -> "@" + m).orElse("");
    }

    /**
     * Tells whether its holder renews it by itself: a kubelet asks for a new certificate at 70 to 90 % of the old one's life (Kubernetes, "Configure
     * Certificate Rotation for the Kubelet"), and changes to {@code kubelet.conf} would fight with it.
     *
     * @return true for kubelets
     */
    public boolean renewsItself() {
        return name.equals(ClusterPki.KUBELET);
    }

    /** Returns id, subject and signer. */
    @Override
    public String toString() {
        return id() + ": " + subject + ", signed by " + signer;
    }
}
