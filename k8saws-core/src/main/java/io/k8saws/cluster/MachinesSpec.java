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
     * Returns packages that each machine installs with its image's own tool, apt or dnf, from the places that the image names. What is installed already stays as it is.
     * Flatcar has no such tool. A machine without a way to these places does not become a node: build the packages into an image of yours, or give a list of mirrors as one
     * of the {@linkplain #files() files}.
     *
     * @return empty by default
     */
    public abstract List<String> packages();

    /**
     * Returns commands for bash, run as root in their order after files and packages are there and before anything of the cluster starts. They run once on a machine, and
     * again when they failed or when they are others; the first that fails ends the run and shows in the machine's status. Their output is in the machine's log, and they lie
     * in the cluster's bucket: no place for secrets. What must be done at each boot belongs into a unit among the {@linkplain #files() files}.
     *
     * @return empty by default
     */
    public abstract List<String> commands();

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

    /** Returns a short form: how many settings, files, packages and commands there are. */
    @Override
    public String toString() {
        return sysctls().size() + " sysctls, " + files().size() + " files, "
                + packages().size() + " packages, " + commands().size() + " commands"
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

        /**
         * Sets the packages; those set before are dropped.
         *
         * @param names their names
         * @return this builder
         */
        public Builder packages(String... names) {
            return packages(List.of(names));
        }

        /**
         * Sets the commands; those set before are dropped.
         *
         * @param lines the commands in their order
         * @return this builder
         */
        public Builder commands(String... lines) {
            return commands(List.of(lines));
        }
    }
}
