package io.k8saws.cluster;

import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/** How one of the library's own add-ons shall run. Immutable and thread-safe. */
@SpecStyle
@Value.Immutable
public abstract class AddonSpec implements WithAddonSpec {

    AddonSpec() {}

    /**
     * Starts a description with the library's defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Tells whether the library installs the add-on. Off means that somebody else does, or that nobody needs it.
     *
     * @return true by default
     */
    @Value.Default
    public boolean enabled() {
        return true;
    }

    /**
     * Returns a version other than that of the library's catalogue, without a {@code v}, such as {@code 0.28.10}. It should be of the same minor version: flags and
     * rights are those of the catalogue's.
     *
     * @return empty by default
     */
    public abstract Optional<String> version();

    /**
     * Returns environment variables of the add-on's main programs, over the library's own.
     *
     * @return empty by default
     */
    public abstract Map<String, String> environment();

    /**
     * Returns flags of the add-on's main program without the leading dashes, over the library's own. An empty value is a flag without one.
     *
     * @return empty by default
     */
    public abstract Map<String, String> arguments();

    /**
     * Starts a changed copy.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /** Returns a short form: whether it is on, its version if it is another one, and how many settings there are. */
    @Override
    public String toString() {
        int settings = environment().size() + arguments().size();
        return (enabled() ? "on" : "off")
                + version().map(v -> ", version " + v).orElse("")
                + (settings == 0 ? "" : ", " + settings + " settings");
    }

    /** Builds an {@link AddonSpec}. Not thread-safe. Its {@code build()} checks nothing: the {@link ClusterSpec} does. */
    public static final class Builder extends ImmutableAddonSpec.Builder {
        Builder() {}
    }
}
