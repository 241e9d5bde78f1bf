package io.k8saws.cluster;

import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Options of Kubernetes' own components. What the library needs in order to work is set by itself and refused here. Immutable and thread-safe.
 */
@SpecStyle
@Value.Immutable
public abstract class KubernetesSpec implements WithKubernetesSpec {

    KubernetesSpec() {}

    /**
     * Starts a description with Kubernetes' defaults and encrypted Secrets.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns feature gates of all components: API server, controller manager, scheduler, kubelet and kube-proxy.
     *
     * @return empty by default
     */
    public abstract Map<String, Boolean> featureGates();

    /**
     * Returns further flags of kube-apiserver, without the leading dashes, such as {@code oidc-issuer-url}.
     *
     * @return empty by default
     */
    public abstract Map<String, String> apiServerFlags();

    /**
     * Returns further flags of kube-controller-manager, without the leading dashes.
     *
     * @return empty by default
     */
    public abstract Map<String, String> controllerManagerFlags();

    /**
     * Returns further flags of kube-scheduler, without the leading dashes.
     *
     * @return empty by default
     */
    public abstract Map<String, String> schedulerFlags();

    /**
     * Returns settings for all kubelets: fields of {@code KubeletConfiguration} (kubelet.config.k8s.io/v1beta1), merged over the library's.
     *
     * @return empty by default
     */
    public abstract Optional<Settings> kubelet();

    /**
     * Returns settings for kube-proxy: fields of {@code KubeProxyConfiguration} (kubeproxy.config.k8s.io/v1alpha1), merged over the library's.
     *
     * @return empty by default
     */
    public abstract Optional<Settings> kubeProxy();

    /**
     * Returns what the API server writes to its audit log: the document {@code Policy} of audit.k8s.io/v1 without {@code apiVersion} and {@code kind}; it needs
     * {@code rules}. The log is {@code /var/log/kubernetes/audit.log} on each control-plane machine; flags change its size and age.
     *
     * @return empty by default: no audit log
     */
    public abstract Optional<Settings> auditPolicy();

    /**
     * Returns how Secrets are encrypted in etcd.
     *
     * @return secretbox by default
     */
    @Value.Default
    public SecretsEncryption secretsEncryption() {
        return SecretsEncryption.SECRETBOX;
    }

    /**
     * Returns the ARN of the AWS KMS key of {@link SecretsEncryption#KMS}; a key of yours for encryption and decryption, in the cluster's region. With
     * {@link SecretsEncryption#SECRETBOX} it only decrypts: that is the way back from KMS, until all Secrets have been written anew.
     *
     * @return empty by default
     */
    public abstract Optional<String> secretsKmsKey();

    /**
     * Starts a changed copy.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /** Returns a short form: the encryption and how many options are set. */
    @Override
    public String toString() {
        int flags = apiServerFlags().size()
                + controllerManagerFlags().size()
                + schedulerFlags().size();
        return "secrets " + Names.lower(secretsEncryption())
                + (flags == 0 ? "" : ", " + flags + " flags")
                + (featureGates().isEmpty() ? "" : ", gates " + featureGates())
                + (auditPolicy().isPresent() ? ", audited" : "");
    }

    /** Builds a {@link KubernetesSpec}. Not thread-safe. Its {@code build()} checks nothing: the {@link ClusterSpec} does. */
    public static final class Builder extends ImmutableKubernetesSpec.Builder {
        Builder() {}

        /**
         * Sets one setting of all kubelets, beside those set before.
         *
         * @param field the field of {@code KubeletConfiguration}
         * @param value a text, a truth value, a number, a list or a map
         * @return this builder
         */
        public Builder kubelet(String field, Object value) {
            return kubelet(build().kubelet().orElse(Settings.none()).plus(Settings.of(field, value)));
        }

        /**
         * Sets one setting of kube-proxy, beside those set before.
         *
         * @param field the field of {@code KubeProxyConfiguration}
         * @param value a text, a truth value, a number, a list or a map
         * @return this builder
         */
        public Builder kubeProxy(String field, Object value) {
            return kubeProxy(build().kubeProxy().orElse(Settings.none()).plus(Settings.of(field, value)));
        }
    }
}
