package io.k8saws.cluster;

import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.immutables.value.Value;

/**
 * What runs in the cluster from its first minute: AWS's cloud controller manager, the network add-on that {@link ClusterSpec#cni()} chooses, the EBS driver, and
 * add-ons of yours. Immutable and thread-safe.
 */
@SpecStyle
@Value.Immutable
public abstract class AddonsSpec implements WithAddonsSpec {

    AddonsSpec() {}

    /**
     * Starts a description with the library's defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the prefix under which every image lies with its host and path: with {@code registry.example.com/mirror} the image {@code ghcr.io/a/b:v1} is fetched as
     * {@code registry.example.com/mirror/ghcr.io/a/b:v1}. Images of {@code registry.k8s.io} follow {@link AssetsSpec#registry()} where that is set. Images in
     * {@link #manifests()} stay as they are written.
     *
     * @return empty by default: the projects' own registries
     */
    public abstract Optional<String> registry();

    /**
     * Returns AWS's cloud controller manager, without which nodes stay tainted as uninitialized.
     *
     * @return on by default
     */
    @Value.Default
    public AddonSpec cloudController() {
        return AddonSpec.builder().build();
    }

    /**
     * Returns the network add-on of {@link ClusterSpec#cni()}, without which nodes never become Ready. {@link CniKind#CUSTOM} installs none.
     *
     * @return on by default
     */
    @Value.Default
    public AddonSpec cni() {
        return AddonSpec.builder().build();
    }

    /**
     * Returns the EBS driver with the default StorageClass {@code gp3}, which encrypts.
     *
     * @return on by default
     */
    @Value.Default
    public AddonSpec ebsCsi() {
        return AddonSpec.builder().build();
    }

    /**
     * Returns add-ons of yours: a name to the text of its manifest, YAML with one document or several. What was applied and is no longer there is deleted.
     *
     * @return empty by default
     */
    public abstract Map<String, String> manifests();

    /**
     * Starts a changed copy.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /** Returns a short form: what is on and what is off. */
    @Override
    public String toString() {
        return "cloud controller " + cloudController() + "; cni " + cni() + "; ebs csi " + ebsCsi()
                + registry().map(r -> "; registry " + r).orElse("")
                + (manifests().isEmpty()
                        ? ""
                        : "; " + String.join(", ", manifests().keySet()));
    }

    /** Builds an {@link AddonsSpec}. Not thread-safe. Its {@code build()} checks nothing: the {@link ClusterSpec} does. */
    public static final class Builder extends ImmutableAddonsSpec.Builder {
        Builder() {}

        /**
         * Describes AWS's cloud controller manager. The builder starts with what was set before.
         *
         * @param addon describes it
         * @return this builder
         */
        public Builder cloudController(Consumer<AddonSpec.Builder> addon) {
            return cloudController(changed(build().cloudController(), addon));
        }

        /**
         * Describes the network add-on. The builder starts with what was set before.
         *
         * @param addon describes it
         * @return this builder
         */
        public Builder cni(Consumer<AddonSpec.Builder> addon) {
            return cni(changed(build().cni(), addon));
        }

        /**
         * Describes the EBS driver. The builder starts with what was set before.
         *
         * @param addon describes it
         * @return this builder
         */
        public Builder ebsCsi(Consumer<AddonSpec.Builder> addon) {
            return ebsCsi(changed(build().ebsCsi(), addon));
        }

        private static AddonSpec changed(AddonSpec before, Consumer<AddonSpec.Builder> change) {
            AddonSpec.Builder builder = before.toBuilder();
            change.accept(builder);
            return builder.build();
        }
    }
}
