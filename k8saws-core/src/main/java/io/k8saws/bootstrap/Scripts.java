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
    private static final String WINDOWS_BASE = "windows/base.ps1";

    private Scripts() {}

    /** What a machine of a role runs at each boot. */
    static String runbook(NodeRole role) {
        return switch (role) {
            case CONTROL_PLANE ->
                script(
                        "makes this machine a part of the control plane",
                        "",
                        "machine.sh",
                        "secrets.sh",
                        "etcd.sh",
                        role.runbook());
            case ETCD ->
                script(
                        "makes this machine a member of etcd",
                        "",
                        "machine.sh",
                        "secrets.sh",
                        "etcd.sh",
                        role.runbook());
            case NODES -> script("makes this machine a node", "", "machine.sh", "authorities.sh", role.runbook());
        };
    }

    /** What watches for EC2's notices. */
    static String notices() {
        return script("leaves the cluster before EC2 takes this machine away", place("notices"), "notices.sh");
    }

    /** What lets workers join. */
    static String join() {
        return script("renews what workers join with", quiet("join"), "beside.sh", "join.sh");
    }

    /** What keeps the certificates of a machine young: it takes what an apply has made anew, and a control-plane machine makes anew what it signs for itself. */
    static String certificates(NodeRole role) {
        return script(
                "keeps this machine's certificates young",
                quiet("certificates"),
                "secrets.sh",
                "beside.sh",
                "renewed.sh",
                role == NodeRole.ETCD ? "etcd-certificates.sh" : "certificates.sh");
    }

    /** What runs beside the runbook has a place of its own for its reasons and answers, and knows what the runbook found out. */
    private static String place(String name) {
        return ": \"${RUN:=/run/k8saws/" + name + "}\" \"${FACTS:=/run/k8saws/facts}\"\n";
    }

    private static String quiet(String name) {
        return place(name) + "readonly TELLS=failures # the machine is what it shall be all the while\n";
    }

    private static String script(String what, String settings, String... parts) {
        return """
                #!/usr/bin/env bash
                # k8saws: %s. It may be run again at any time.
                # shellcheck disable=SC2153 # names in capitals come from node.env and from earlier steps
                set -euo pipefail
                export LC_ALL=C PATH=/opt/bin:$PATH
                # shellcheck source=/dev/null
                source /etc/k8saws/node.env

                """.formatted(what)
                + (settings.isEmpty() ? "" : settings + "\n")
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

    /** What a Windows worker runs at each boot. */
    static String windowsRunbook() {
        return windowsScript("makes this machine a node", "windows/node.ps1");
    }

    /** What watches for EC2's notices on a Windows worker. */
    static String windowsNotices() {
        return windowsScript("leaves the cluster before EC2 takes this machine away", "windows/notices.ps1");
    }

    private static String windowsScript(String what, String part) {
        return "# k8saws: " + what + ". It may be run again at any time.\n. " + WindowsAssets.ROOT
                + "/variables.ps1\n\n" + text(WINDOWS_BASE) + "\n" + text(part);
    }

    /**
     * The first script of a Windows worker; EC2Launch runs what stands between the tags. It unpacks nothing, so there is no room for remarks: the runbook has the same
     * functions with theirs.
     */
    static String windowsUserData(List<String> files, String variables) {
        return "<powershell>\n"
                + "# k8saws: fetches what makes this machine a node, checks it by its hash, and starts it. Holds no secret.\n"
                + "# The files, each after the beginning of its SHA-256 and its mode:\n"
                + files.stream().map(line -> "#   " + line + "\n").collect(Collectors.joining())
                + variables
                + "\n# What the functions are for stands beside them in " + WindowsAssets.ROOT + "/node.ps1.\n"
                + withoutRemarks(text(WINDOWS_BASE) + "\n" + text("windows/user-data.ps1"))
                + "</powershell>\n";
    }

    private static String withoutRemarks(String script) {
        return script.lines()
                .filter(line -> !line.strip().startsWith("#"))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
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
