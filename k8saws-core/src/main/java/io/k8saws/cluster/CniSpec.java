package io.k8saws.cluster;

import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * The network add-on and the addresses of pods and services. Immutable and thread-safe.
 *
 * <p>What each add-on needs of the network (ports, MTU, source/destination check) is in {@code io.k8saws.network.CniFacts}.
 */
@SpecStyle
@Value.Immutable
public abstract class CniSpec implements WithCniSpec {

    static final Cidr DEFAULT_POD_CIDR = Cidr.of("100.96.0.0/11");

    CniSpec() {}

    /**
     * Starts a description of Cilium with its defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns an add-on with its defaults.
     *
     * @param kind which one
     * @return the description
     */
    public static CniSpec of(CniKind kind) {
        return builder().kind(kind).build();
    }

    /**
     * Returns which add-on.
     *
     * @return Cilium by default
     */
    @Value.Default
    public CniKind kind() {
        return CniKind.CILIUM;
    }

    /**
     * Returns the block of which every node gets a part for its pods. With {@link CniKind#AWS_VPC} pods have addresses of the
     * subnets, and this must be left at its default.
     *
     * @return {@code 100.96.0.0/11} by default
     */
    @Value.Default
    public Cidr podCidr() {
        return DEFAULT_POD_CIDR;
    }

    /**
     * Returns the prefix length of a node's part of {@link #podCidr()}.
     *
     * @return 24 by default
     */
    @Value.Default
    public int nodePrefixLength() {
        return 24;
    }

    /**
     * Returns the block of service addresses, /12 to /28: the API server refuses more than 20 host bits, and the address of the
     * cluster's DNS is the tenth.
     *
     * @return {@code 100.64.0.0/13} by default
     */
    @Value.Default
    public Cidr serviceCidr() {
        return Cidr.of("100.64.0.0/13");
    }

    /**
     * Returns how pod packets travel between nodes.
     *
     * @return empty by default: VXLAN for Cilium, Calico and Flannel, IPIP for kube-router, native for the AWS VPC CNI and your own
     */
    public abstract Optional<Encapsulation> encapsulation();

    /**
     * Returns whether pod traffic between nodes is encrypted.
     *
     * @return none by default
     */
    @Value.Default
    public Encryption encryption() {
        return Encryption.NONE;
    }

    /**
     * Returns the MTU of pod interfaces in bytes.
     *
     * @return empty by default: 9001, the MTU inside a VPC, less what the encapsulation and the encryption take
     */
    public abstract Optional<Integer> mtu();

    /**
     * Returns what must be open between nodes for an add-on of your own; only with {@link CniKind#CUSTOM}.
     *
     * @return empty by default
     */
    public abstract List<PortRange> ports();

    /**
     * Tells whether an add-on of your own needs EC2's source/destination check off; only with {@link CniKind#CUSTOM}, the others are
     * known.
     *
     * @return false by default
     */
    @Value.Default
    public boolean disableSourceDestCheck() {
        return false;
    }

    /**
     * Tells whether kube-proxy runs. Switch it off where the add-on does its work, as Cilium, Calico and kube-router can; the add-on must then be set up for that.
     *
     * @return true by default
     */
    @Value.Default
    public boolean kubeProxy() {
        return true;
    }

    /**
     * Starts a changed copy.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /** Returns a short form, such as {@code cilium pods=100.96.0.0/11 services=100.64.0.0/13}. */
    @Override
    public String toString() {
        return Names.lower(kind())
                + encapsulation().map(e -> " " + Names.lower(e)).orElse("")
                + (encryption() == Encryption.NONE ? "" : " " + Names.lower(encryption()))
                + (kind() == CniKind.AWS_VPC ? "" : " pods=" + podCidr())
                + " services="
                + serviceCidr();
    }

    /** Builds a {@link CniSpec}. Not thread-safe. Malformed blocks are reported when the {@link ClusterSpec} is built. */
    public static final class Builder extends ImmutableCniSpec.Builder {
        Builder() {}

        /**
         * Sets the block of pod addresses.
         *
         * @param cidr such as {@code 100.96.0.0/11}
         * @return this builder
         */
        public Builder podCidr(String cidr) {
            return podCidr(Cidr.parse(cidr));
        }

        /**
         * Sets the block of service addresses.
         *
         * @param cidr such as {@code 100.64.0.0/13}
         * @return this builder
         */
        public Builder serviceCidr(String cidr) {
            return serviceCidr(Cidr.parse(cidr));
        }

        /**
         * Replaces what must be open between nodes for an add-on of your own.
         *
         * @param ports the ports
         * @return this builder
         */
        public Builder ports(PortRange... ports) {
            return ports(List.of(ports));
        }
    }
}
