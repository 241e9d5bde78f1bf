package io.k8saws.cluster;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.immutables.value.Value;

/** Who reaches the machines themselves: shells and node ports. Immutable and thread-safe. */
@SpecStyle
@Value.Immutable
public abstract class AccessSpec implements WithAccessSpec {

    AccessSpec() {}

    /**
     * Starts a description with Session Manager and closed node ports.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns how people get a shell on a machine.
     *
     * @return Session Manager by default
     */
    @Value.Default
    public AccessMethod method() {
        return AccessMethod.SSM;
    }

    /**
     * Returns the bastion host; without meaning unless the method is {@link AccessMethod#BASTION}.
     *
     * @return a {@code t3.micro} that nobody may reach by default
     */
    @Value.Default
    public BastionSpec bastion() {
        return BastionSpec.builder().build();
    }

    /**
     * Returns the public SSH key that is put on every machine, as one line in OpenSSH's format. EC2 takes ED25519 and RSA keys.
     *
     * @return empty by default
     */
    public abstract Optional<String> sshPublicKey();

    /**
     * Returns which addresses may connect to the node ports (30000 to 32767, TCP and UDP).
     *
     * @return empty by default: only the cluster itself
     */
    public abstract List<Cidr> nodePortCidrs();

    /**
     * Starts a changed copy.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /** Returns a short form, such as {@code ssm} or {@code bastion t3.micro [203.0.113.0/24]}. */
    @Override
    public String toString() {
        return Names.lower(method())
                + (method() == AccessMethod.BASTION ? " " + bastion() : "")
                + (nodePortCidrs().isEmpty() ? "" : " nodePorts=" + nodePortCidrs());
    }

    /** Builds an {@link AccessSpec}. Not thread-safe. Malformed blocks are reported when the {@link ClusterSpec} is built. */
    public static final class Builder extends ImmutableAccessSpec.Builder {
        Builder() {}

        /**
         * Chooses access through a bastion host and describes it. The builder starts with what was set before.
         *
         * @param bastion describes the host
         * @return this builder
         */
        public Builder bastion(Consumer<BastionSpec.Builder> bastion) {
            BastionSpec.Builder builder = build().bastion().toBuilder();
            bastion.accept(builder);
            return method(AccessMethod.BASTION).bastion(builder.build());
        }

        /**
         * Chooses access through Session Manager.
         *
         * @return this builder
         */
        public Builder ssm() {
            return method(AccessMethod.SSM);
        }

        /**
         * Chooses no access.
         *
         * @return this builder
         */
        public Builder none() {
            return method(AccessMethod.NONE);
        }

        /**
         * Replaces the addresses that may connect to node ports.
         *
         * @param cidrs such as {@code 203.0.113.0/24}
         * @return this builder
         */
        public Builder nodePortCidrs(String... cidrs) {
            return nodePortCidrs(Cidr.parseAll(cidrs));
        }

        /**
         * Adds addresses that may connect to node ports.
         *
         * @param cidr such as {@code 203.0.113.0/24}
         * @return this builder
         */
        public Builder addNodePortCidr(String cidr) {
            return addNodePortCidr(Cidr.parse(cidr));
        }
    }
}
