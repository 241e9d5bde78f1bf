package io.k8saws.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Where machines fetch programs and kubeadm's images from, and in which versions. {@link ClusterSpec.Builder#airGap} sets all that a cluster needs to fetch nothing from the
 * internet. Immutable and thread-safe.
 */
@SpecStyle
@Value.Immutable
public abstract class AssetsSpec implements WithAssetsSpec {

    AssetsSpec() {}

    /**
     * Starts a description of the projects' own download places.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the base address of a mirror: {@code https://host/path}, {@code http://host/path} (what is fetched is checked by its hash) or {@code s3://bucket/path},
     * which machines read with their own role. It holds each file under the host and path of its first place, as {@code wget -x} makes it.
     *
     * @return empty by default: the projects' own places
     */
    public abstract Optional<String> mirror();

    /**
     * Returns the registry that takes the place of {@code registry.k8s.io}, with or without a path.
     *
     * @return empty by default: {@code registry.k8s.io}
     */
    public abstract Optional<String> registry();

    /**
     * Returns versions other than those of the library's catalogue, by the names of {@link NodeAsset}, such as {@code containerd} to {@code 2.1.4}. The parts of
     * Kubernetes have the cluster's version.
     *
     * @return empty by default
     */
    public abstract Map<String, String> versions();

    /**
     * Returns hashes that you trust: {@code <name>/<architecture>}, such as {@code kubelet/amd64}, to a SHA-256 of 64 hexadecimal digits. What is not named here is
     * taken from the publisher's or the mirror's own file of sums when a cluster is planned, and pinned in the plan.
     *
     * @return empty by default
     */
    public abstract Map<String, String> sha256();

    /**
     * Returns what is already in the image, so that machines do not fetch it.
     *
     * @return empty by default
     */
    public abstract List<NodeAsset> preinstalled();

    /**
     * Starts a changed copy.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /** Returns a short form: mirror and registry. */
    @Override
    public String toString() {
        return mirror().orElse("upstream")
                + registry().map(r -> ", registry " + r).orElse("")
                + (versions().isEmpty() ? "" : ", " + versions());
    }

    /** Builds an {@link AssetsSpec}. Not thread-safe. Its {@code build()} checks nothing: the {@link ClusterSpec} does. */
    public static final class Builder extends ImmutableAssetsSpec.Builder {
        Builder() {}

        /**
         * Replaces what is already in the image.
         *
         * @param assets the programs
         * @return this builder
         */
        public Builder preinstalled(NodeAsset... assets) {
            return preinstalled(List.of(assets));
        }

        /**
         * Adds a hash that you trust.
         *
         * @param asset the program
         * @param architecture {@code amd64}, {@code arm64} or {@code windows-amd64}
         * @param sha256 64 hexadecimal digits
         * @return this builder
         */
        public Builder sha256(NodeAsset asset, String architecture, String sha256) {
            return putSha256(asset.label() + "/" + architecture, sha256);
        }
    }
}
