package io.k8saws.etcd.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** Who looks at backups, with what, by which clock. */
record Observer(String tool, Clock clock) {
    /** Where Linux says how the machine is called, without asking any resolver, which could hang. */
    private static final Path HOST = Path.of("/proc/sys/kernel/hostname");

    static Observer here(Clock clock) {
        String version = Optional.ofNullable(Observer.class.getPackage().getImplementationVersion())
                .orElse("unreleased");
        return new Observer("k8saws-etcd " + version, clock);
    }

    String name() {
        return System.getProperty("user.name", "") + "@" + host();
    }

    private static String host() {
        return Stream.of(HOST, Path.of("/etc/hostname"))
                .flatMap(file -> read(file).stream())
                .findFirst()
                .or(() -> Optional.ofNullable(System.getenv("HOSTNAME")))
                .or(() -> Optional.ofNullable(System.getenv("COMPUTERNAME")))
                .orElse("unknown");
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file).strip()).filter(name -> !name.isEmpty());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    Instant now() {
        return clock.instant();
    }

    BackupProof proof(BackupProof.Level level, boolean holds, String text) {
        return new BackupProof(level, holds, text, name(), now(), tool);
    }
}
