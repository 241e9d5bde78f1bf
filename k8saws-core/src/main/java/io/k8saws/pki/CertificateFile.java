package io.k8saws.pki;

/** Where a certificate and its private key stand on a machine: kubeadm's layout (kubeadm, "PKI certificates and requirements"). */
public sealed interface CertificateFile {
    /**
     * Two PEM files.
     *
     * @param certificate the certificate's path, mode 0644
     * @param key the private key's path, mode 0600
     */
    record PemFiles(String certificate, String key) implements CertificateFile {
        /** Returns the certificate's path. */
        @Override
        public String toString() {
            return certificate;
        }
    }

    /**
     * Inside a kubeconfig, together with the Kubernetes authority's certificate.
     *
     * @param path the kubeconfig's path, mode 0600
     * @param server which API server it names
     */
    record Kubeconfig(String path, ApiServer server) implements CertificateFile {
        /** Returns the kubeconfig's path. */
        @Override
        public String toString() {
            return path;
        }
    }

    /** Which API server a kubeconfig names. */
    enum ApiServer {
        /** The control-plane endpoint: the load balancer, by name. */
        ENDPOINT,
        /** The one on the same machine: a component must not talk to a newer API server than its own during an upgrade. */
        LOCAL
    }
}
