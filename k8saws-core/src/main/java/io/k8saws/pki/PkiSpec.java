package io.k8saws.pki;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.cluster.KeyType;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import io.k8saws.network.NetworkPlan;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What must be known of a cluster to say which certificates it needs. Immutable and thread-safe. Any cluster can be described, not only one that this library
 * made.
 *
 * <pre>{@code
 * PkiSpec spec = PkiSpec.of(clusterSpec).toBuilder()
 *     .addControlPlaneNode("cp-1", "10.0.0.11")
 *     .build();
 * System.out.println(ClusterPki.of(spec));
 * }</pre>
 */
@PkiStyle
@Value.Immutable
public abstract class PkiSpec {

    PkiSpec() {}

    /**
     * Starts a description. Cluster name, service address and at least one API name must be set.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Derives the description of a cluster of this library: the API's name in DNS, the first service address, the etcd members with their fixed addresses, and
     * whether there is a separate etcd cluster for events. Control-plane nodes get their names when they boot, so none are in it.
     *
     * @param spec the cluster
     * @param apiNames further names and addresses of the API, such as its load balancer's; needed when the cluster publishes no name in DNS
     * @return the description
     * @throws InvalidSpecException when the API has no name, or one that is none
     */
    public static PkiSpec of(ClusterSpec spec, String... apiNames) {
        NetworkPlan network = NetworkPlan.of(spec);
        Builder builder = builder()
                .clusterName(spec.name())
                .kubernetesVersion(spec.kubernetesVersion())
                .serviceAddress(network.apiServiceAddress())
                .etcdPlacement(spec.etcd().placement())
                .separateEvents(spec.etcd().events().isPresent());
        builder.keyAlgorithm(algorithm(spec.keys().type()));
        spec.keys().serviceAccounts().ifPresent(type -> builder.putKeyAlgorithm("sa", algorithm(type)));
        spec.apiHostName().ifPresent(builder::addApiName);
        network.etcdMembers().forEach(member -> builder.addEtcdMember(member.name(), member.address()));
        return builder.addAllApiNames(Arrays.asList(apiNames)).build();
    }

    private static KeyAlgorithm algorithm(KeyType type) {
        return KeyAlgorithm.valueOf(type.name());
    }

    /**
     * Returns the cluster's name; it is only printed.
     *
     * @return the name
     */
    @Value.Default
    public String clusterName() {
        return "";
    }

    /**
     * Returns the Kubernetes version, such as {@code 1.36} or {@code 1.36.1}. Up to 1.35 the API server is an administrator for kubelets; from 1.36 on, kubeadm
     * binds its name to the role {@code system:kubelet-api-admin}, and its certificate needs no group.
     *
     * @return {@code 1.36} by default
     */
    @Value.Default
    public String kubernetesVersion() {
        return "1.36";
    }

    /**
     * Returns the names and addresses under which clients reach the API, the control-plane endpoint first: host names, wildcards such as
     * {@code *.example.com}, IPv4 and IPv6 addresses. They are kubeadm's {@code controlPlaneEndpoint} and {@code certSANs}.
     *
     * @return at least one
     */
    public abstract List<String> apiNames();

    /**
     * Returns the first address of the service network: that of the service {@code kubernetes}, under which pods reach the API.
     *
     * @return an address
     */
    @Value.Default
    public String serviceAddress() {
        return "";
    }

    /**
     * Returns the DNS domain of services.
     *
     * @return {@code cluster.local} by default
     */
    @Value.Default
    public String clusterDomain() {
        return "cluster.local";
    }

    /**
     * Returns the control-plane nodes whose names and addresses are known. Ask again with a further one when it boots.
     *
     * @return empty by default
     */
    public abstract List<PkiMachine> controlPlaneNodes();

    /**
     * Returns the etcd members.
     *
     * @return empty by default: then etcd is somebody else's, and the cluster has no authority for it
     */
    public abstract List<PkiMachine> etcdMembers();

    /**
     * Returns whether members have machines of their own; then only these may read the members' keys.
     *
     * @return dedicated by default
     */
    @Value.Default
    public EtcdPlacement etcdPlacement() {
        return EtcdPlacement.DEDICATED;
    }

    /**
     * Tells whether the same members form a second etcd cluster for events, with an authority of its own.
     *
     * @return false by default
     */
    @Value.Default
    public boolean separateEvents() {
        return false;
    }

    /**
     * Returns further names and addresses that clients use for every etcd member: kubeadm's {@code etcd.local.serverCertSANs}.
     *
     * @return empty by default
     */
    public abstract List<String> etcdServerNames();

    /**
     * Returns further names and addresses that members use for each other: kubeadm's {@code etcd.local.peerCertSANs}.
     *
     * @return empty by default
     */
    public abstract List<String> etcdPeerNames();

    /**
     * Returns the kind of all keys that {@link #keyAlgorithms()} does not name.
     *
     * @return EC P-256 by default
     */
    @Value.Default
    public KeyAlgorithm keyAlgorithm() {
        return KeyAlgorithm.ECDSA_P256;
    }

    /**
     * Returns the kinds of single keys, by the names that {@link ClusterPki} prints: {@code ca}, {@code sa}, {@code apiserver}, {@code admin.conf} and so on.
     * Who lets pods take on IAM roles may want {@code sa} to be RSA, which is what kops uses there.
     *
     * @return empty by default
     */
    public abstract Map<String, KeyAlgorithm> keyAlgorithms();

    /**
     * Returns how long new authorities are valid.
     *
     * @return 3650 days by default, as with kubeadm ({@code caCertificateValidityPeriod})
     */
    @Value.Default
    public Duration authorityValidity() {
        return Duration.ofDays(3650);
    }

    /**
     * Returns how long new certificates are valid; none outlives its authority.
     *
     * @return 365 days by default, as with kubeadm ({@code certificateValidityPeriod})
     */
    @Value.Default
    public Duration certificateValidity() {
        return Duration.ofDays(365);
    }

    /**
     * Starts a changed copy.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /** Returns a short form: name, API, number of nodes and members. */
    @Override
    public String toString() {
        return "PKI spec of " + clusterName() + ": api " + apiNames() + ", "
                + controlPlaneNodes().size() + " control-plane nodes, "
                + etcdMembers().size()
                + " etcd members" + (separateEvents() ? ", separate events" : "") + ", " + keyAlgorithm();
    }

    /** Builds a {@link PkiSpec}. Not thread-safe. */
    public static final class Builder extends ImmutablePkiSpec.Builder {
        Builder() {}

        /**
         * Adds a control-plane node.
         *
         * @param name the node's name
         * @param addresses its addresses, the advertised one first
         * @return this builder
         */
        public Builder addControlPlaneNode(String name, String... addresses) {
            return addControlPlaneNode(new PkiMachine(name, List.of(addresses)));
        }

        /**
         * Adds an etcd member.
         *
         * @param name the member's name
         * @param addresses its addresses, the advertised one first
         * @return this builder
         */
        public Builder addEtcdMember(String name, String... addresses) {
            return addEtcdMember(new PkiMachine(name, List.of(addresses)));
        }

        /**
         * Makes the description.
         *
         * @return the description
         * @throws InvalidSpecException with all mistakes, each with its path, the problem and the fix
         */
        @Override
        public PkiSpec build() {
            PkiSpec spec = super.build();
            List<Violation> violations = PkiRules.violations(spec);
            if (!violations.isEmpty()) {
                throw new InvalidSpecException(
                        "Describe the PKI of "
                                + Optional.of(spec.clusterName())
                                        .filter(name -> !name.isEmpty())
                                        .orElse("a cluster"),
                        violations);
            }
            return spec;
        }
    }
}
