package io.k8saws.bootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The scripts as they lie beside this class, put together. They are the same for all clusters; what differs is in the documents that they read. */
final class Scripts {
    private static final String BASE = "base.sh";

    private Scripts() {}

    /** What a machine of a role runs at each boot. */
    static String runbook(NodeRole role) {
        return switch (role) {
            case CONTROL_PLANE ->
                script("makes this machine a part of the control plane", "machine.sh", "etcd.sh", role.runbook());
            case ETCD -> script("makes this machine a member of etcd", "machine.sh", "etcd.sh", role.runbook());
            case NODES -> script("makes this machine a node", "machine.sh", "authorities.sh", role.runbook());
        };
    }

    /** What watches for EC2's notices. */
    static String notices() {
        return script("leaves the cluster before EC2 takes this machine away", "notices.sh");
    }

    /** What lets workers join. */
    static String join() {
        return script("renews what workers join with", "join.sh");
    }

    private static String script(String what, String... parts) {
        return """
                #!/usr/bin/env bash
                # k8saws: %s. It may be run again at any time.
                # shellcheck disable=SC2153 # names in capitals come from node.env and from earlier steps
                set -euo pipefail
                export LC_ALL=C
                # shellcheck source=/dev/null
                source /etc/k8saws/node.env

                """.formatted(what)
                + text(BASE)
                + "\nmkdir -p \"$RUN\"\n\n"
                + Arrays.stream(parts).map(Scripts::text).collect(Collectors.joining("\n"));
    }

    /** The first script: what the bundle holds, for people; variables; and how the bundle is fetched. */
    static String userData(List<String> files, String variables) {
        return "#!/usr/bin/env bash\n"
                + "# k8saws: fetches what makes this machine a node, checks it by its hash, and starts it. Holds no secret.\n"
                + "# The files, each after the beginning of its SHA-256 and its mode:\n"
                + files.stream().map(line -> "#   " + line + "\n").collect(Collectors.joining())
                + "# shellcheck disable=SC2153 # names in capitals are set here\n"
                + "set -euo pipefail\n"
                + variables
                + "\n"
                + text(BASE)
                + "\n"
                + text("user-data.sh");
    }

    private static String text(String name) {
        try (InputStream stream = Scripts.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("Read the script " + name + ": it is not in the library's jar. "
                        + "Repackage the jar with its resources.");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Read the script " + name + " from the library's jar", e);
        }
    }
}
