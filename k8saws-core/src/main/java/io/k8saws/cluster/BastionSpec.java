package io.k8saws.cluster;

import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/** The bastion host: one small instance in a public subnet, in an Auto Scaling group of size one. Immutable and thread-safe. */
@SpecStyle
@Value.Immutable
public abstract class BastionSpec implements WithBastionSpec {

    BastionSpec() {}

    /**
     * Starts a description.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the instance type.
     *
     * @return {@code t3.micro} by default
     */
    @Value.Default
    public String instanceType() {
        return "t3.micro";
    }

    /**
     * Returns which addresses may connect to port 22.
     *
     * @return empty by default; {@link AccessMethod#BASTION} needs at least one
     */
    public abstract List<Cidr> allowedCidrs();

    /**
     * Returns the machine image: {@code ami-...} with its id; {@code ssm:} with the name of a parameter that holds the id; {@code name:} with an owner, a slash and the
     * pattern of a name, for the newest of them; or {@code ubuntu-24.04}, {@code debian-13}, {@code debian-12}, {@code amazon-linux-2023}, {@code flatcar}. What is not an id is looked
     * up when the cluster is planned, for the architecture of the instance types, and stays as the plan has pinned it.
     *
     * @return empty by default: {@code ubuntu-24.04}
     */
    public abstract Optional<String> image();

    /**
     * Returns the name of the image's root device, for which the root volume is meant. With a wrong one, a machine gets a second disk,
     * and its root keeps the image's size and encryption.
     *
     * @return empty by default: {@code /dev/xvda} for AWS's public parameters and the names of Amazon Linux, Bottlerocket and Debian, else
     *     {@code /dev/sda1}
     */
    public abstract Optional<String> rootDevice();

    /**
     * Starts a changed copy.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /** Returns a short form, such as {@code t3.micro [203.0.113.0/24]}. */
    @Override
    public String toString() {
        return instanceType() + " " + allowedCidrs();
    }

    /** Builds a {@link BastionSpec}. Not thread-safe. Malformed blocks are reported when the {@link ClusterSpec} is built. */
    public static final class Builder extends ImmutableBastionSpec.Builder {
        Builder() {}

        /**
         * Replaces the addresses that may connect.
         *
         * @param cidrs such as {@code 203.0.113.0/24}
         * @return this builder
         */
        public Builder allowedCidrs(String... cidrs) {
            return allowedCidrs(Cidr.parseAll(cidrs));
        }

        /**
         * Adds addresses that may connect.
         *
         * @param cidr such as {@code 203.0.113.0/24}
         * @return this builder
         */
        public Builder addAllowedCidr(String cidr) {
            return addAllowedCidr(Cidr.parse(cidr));
        }
    }
}
