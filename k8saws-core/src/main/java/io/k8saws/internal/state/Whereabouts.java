package io.k8saws.internal.state;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The place where a process id means one process. A host name is not enough: machines share names, and containers share their host's name while each counts
 * its own processes. Linux tells the boot and the process id namespace; elsewhere no two runs share a place, and a lock is only free when its lease is over.
 */
final class Whereabouts {
    private Whereabouts() {}

    static String ofThisProcess() {
        try {
            String boot =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            String processes =
                    Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
            return hostName() + "/" + boot + "/" + processes;
        } catch (IOException | UnsupportedOperationException e) {
            return hostName() + "/" + UUID.randomUUID();
        }
    }

    /** A name for people. */
    static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown-host";
        }
    }
}
