package io.k8saws.etcd.backup;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** Who looks at backups, with what, by which clock. */
record Observer(String name, String tool, Clock clock) {
    static Observer here(Clock clock) {
        String version = Optional.ofNullable(Observer.class.getPackage().getImplementationVersion())
                .orElse("unreleased");
        return new Observer(System.getProperty("user.name", "") + "@" + host(), "k8saws-etcd " + version, clock);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    Instant now() {
        return clock.instant();
    }

    BackupProof proof(BackupProof.Level level, boolean holds, String text) {
        return new BackupProof(level, holds, text, name, now(), tool);
    }
}
