package io.k8saws.cluster;

import java.util.Optional;
import org.immutables.value.Value;

/**
 * An EBS volume. It is always encrypted. Immutable and thread-safe.
 *
 * <p>Ranges and ratios (EBS user guide, volume types; EC2 API, CreateVolume) are checked when the {@link ClusterSpec} is built:
 *
 * <ul>
 *   <li>gp3: 1 to 65,536 GiB; 3,000 to 80,000 IOPS, above 3,000 at most 500 a GiB; 125 to 2,000 MiB/s, at most 0.25 MiB/s for each
 *       of the IOPS.
 *   <li>io2: 4 to 65,536 GiB; 100 to 256,000 IOPS, at most 1,000 a GiB; its throughput follows from its IOPS and cannot be set.
 * </ul>
 */
@SpecStyle
@Value.Immutable
public abstract class VolumeSpec implements WithVolumeSpec {

    static final int DEFAULT_IOPS = 3000;
    static final int DEFAULT_THROUGHPUT = 125;

    VolumeSpec() {}

    /**
     * Returns a gp3 volume with the IOPS and the throughput that are included at any size.
     *
     * @param sizeGib the size in GiB
     * @return the volume
     */
    public static VolumeSpec gp3(int sizeGib) {
        return builder().sizeGib(sizeGib).build();
    }

    /**
     * Returns an io2 volume.
     *
     * @param sizeGib the size in GiB
     * @param iops the provisioned IOPS
     * @return the volume
     */
    public static VolumeSpec io2(int sizeGib, int iops) {
        return builder().type(VolumeType.IO2).sizeGib(sizeGib).iops(iops).build();
    }

    /**
     * Starts a description with gp3 and 20 GiB.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the volume type.
     *
     * @return gp3 by default
     */
    @Value.Default
    public VolumeType type() {
        return VolumeType.GP3;
    }

    /**
     * Returns the size in GiB.
     *
     * @return 20 by default
     */
    @Value.Default
    public int sizeGib() {
        return 20;
    }

    /**
     * Returns the provisioned IOPS.
     *
     * @return 3,000 by default
     */
    @Value.Default
    public int iops() {
        return DEFAULT_IOPS;
    }

    /**
     * Returns the provisioned throughput in MiB/s; only for gp3.
     *
     * @return 125 by default
     */
    @Value.Default
    public int throughputMibps() {
        return DEFAULT_THROUGHPUT;
    }

    /**
     * Returns the ARN of the KMS key that encrypts the volume.
     *
     * @return empty by default: the account's own key for EBS
     */
    public abstract Optional<String> kmsKey();

    /**
     * Starts a changed copy.
     *
     * @return a builder with this volume's values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /** Returns a short form, such as {@code gp3 20GiB} or {@code io2 100GiB 5000iops}. */
    @Override
    public String toString() {
        return (type() == VolumeType.GP3 ? "gp3 " : "io2 ")
                + sizeGib()
                + "GiB"
                + (iops() == DEFAULT_IOPS ? "" : " " + iops() + "iops")
                + (throughputMibps() == DEFAULT_THROUGHPUT ? "" : " " + throughputMibps() + "MiB/s")
                + kmsKey().map(key -> " kms").orElse("");
    }

    /** Builds a {@link VolumeSpec}. Not thread-safe. */
    public static final class Builder extends ImmutableVolumeSpec.Builder {
        Builder() {}
    }
}
