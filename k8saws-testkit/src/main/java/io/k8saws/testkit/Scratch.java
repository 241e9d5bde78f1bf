package io.k8saws.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Directories for the logs and the data of started programs: one for each JVM, below the system's temporary directory. */
final class Scratch {
    private static final Logger log = LoggerFactory.getLogger(Scratch.class);
    private static final Pattern OF_JVM = Pattern.compile("k8saws-testbed-(\\d+)-.*");

    /** Logs of a JVM that has died stay readable for a while. */
    private static final Duration KEPT = Duration.ofHours(1);

    private Scratch() {}

    private static final class OfThisJvm {
        private static final Path ROOT = create();

        private static Path create() {
            try {
                Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
                sweep(temporary, Clock.systemUTC().instant());
                return Files.createTempDirectory(
                        temporary, "k8saws-testbed-" + ProcessHandle.current().pid() + "-");
            } catch (IOException e) {
                throw new UncheckedIOException("Make a directory for the testbed: " + e.getMessage(), e);
            }
        }
    }

    /** A new directory for one started program. */
    static Path directory(String name) {
        try {
            return Files.createTempDirectory(OfThisJvm.ROOT, name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException("Make a directory for " + name + ": " + e.getMessage(), e);
        }
    }

    static void delete(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            log.debug("Delete a directory of the testbed: {} [directory={}]", e.getMessage(), directory);
        }
    }

    /** Deletes this JVM's directory when nothing in it is worth keeping. */
    static void deleteIfEmpty() {
        try {
            Files.deleteIfExists(OfThisJvm.ROOT);
        } catch (IOException e) {
            log.debug("Keep the logs of the testbed [directory={}]", OfThisJvm.ROOT);
        }
    }

    /** Deletes what JVMs have left that died without cleaning up. */
    static void sweep(Path temporary, Instant now) throws IOException {
        List<Path> candidates;
        try (Stream<Path> entries = Files.list(temporary)) {
            candidates = entries.filter(entry ->
                            OF_JVM.matcher(entry.getFileName().toString()).matches())
                    .toList();
        }
        for (Path candidate : candidates) {
            Matcher matcher = OF_JVM.matcher(candidate.getFileName().toString());
            if (matcher.matches()
                    && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()
                    && forgotten(candidate, now)) {
                delete(candidate);
            }
        }
    }

    private static boolean forgotten(Path directory, Instant now) throws IOException {
        try {
            return Files.getLastModifiedTime(directory).toInstant().plus(KEPT).isBefore(now);
        } catch (NoSuchFileException e) {
            return false; // another JVM sweeps at the same time
        }
    }
}
