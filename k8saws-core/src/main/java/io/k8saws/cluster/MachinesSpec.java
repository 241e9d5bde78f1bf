package io.k8saws.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/** What all machines of a cluster have in common, but for a bastion. Immutable and thread-safe. */
@SpecStyle
@Value.Immutable
public abstract class MachinesSpec implements WithMachinesSpec {

    MachinesSpec() {}

    /**
     * Starts a description with the library's defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns kernel settings, such as {@code net.core.somaxconn}, over the library's own. An empty value leaves the kernel's.
     *
     * @return empty by default
     */
    public abstract Map<String, String> sysctls();

    /**
     * Returns files of yours, such as drop-ins for systemd units. They are written before anything starts.
     *
     * @return empty by default
     */
    public abstract List<MachineFile> files();

    /**
     * Returns settings of containerd: its configuration file in version 2 of the format, which all versions from 1.5 read, merged over the library's.
     *
     * @return empty by default
     */
    public abstract Optional<Settings> containerd();

    /**
     * Starts a changed copy.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /** Returns a short form: how many settings and files there are. */
    @Override
    public String toString() {
        return sysctls().size() + " sysctls, " + files().size() + " files"
                + (containerd().isPresent() ? ", containerd " + containerd().get() : "");
    }

    /** Builds a {@link MachinesSpec}. Not thread-safe. Its {@code build()} checks nothing: the {@link ClusterSpec} does. */
    public static final class Builder extends ImmutableMachinesSpec.Builder {
        Builder() {}

        /**
         * Adds a file that all may read.
         *
         * @param path an absolute path
         * @param content the text
         * @return this builder
         */
        public Builder addFile(String path, String content) {
            return addFile(MachineFile.of(path, content));
        }
    }
}
