package io.k8saws.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The name that all node machines of a JVM share, and what can be left of them on the host: control groups and a directory. All else belongs to
 * namespaces without a name, or is freed by the kernel with its last user, and ends with their processes.
 *
 * <p>The name tells the JVM by process id and start, so that a later run finds out that a JVM is gone and removes what it left.
 */
final class MachineRun {
    private static final Logger log = LoggerFactory.getLogger(MachineRun.class);
    private static final Pattern NAME = Pattern.compile("k8saws-(\\d+)-(\\d+)");
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** The kernel counts from its own start, whose time moves when the clock is set. */
    private static final Duration CLOCK = Duration.ofSeconds(10);

    private MachineRun() {}

    /** This JVM's name. */
    static String name() {
        ProcessHandle self = ProcessHandle.current();
        return "k8saws-" + self.pid() + "-" + start(self);
    }

    /** Removes what JVMs have left that are gone. */
    static void sweep(Path runs) {
        Stream<Path> left = Stream.concat(
                children(runs).stream(), hierarchies().stream().flatMap(hierarchy -> children(hierarchy).stream()));
        left.map(path -> path.getFileName().toString())
                .distinct()
                .filter(MachineRun::ownerIsGone)
                .forEach(name -> remove(runs, name));
    }

    /** Removes all that belongs to a run. Its machines have ended, or end now. */
    static void remove(Path runs, String name) {
        for (Path hierarchy : hierarchies()) {
            removeGroup(hierarchy.resolve(name));
        }
        Scratch.delete(runs.resolve(name));
        log.debug("Removed node machines [run={}]", name);
    }

    /** Removes the control groups of one machine that has ended. */
    static void removeGroups(String group) {
        for (Path hierarchy : hierarchies()) {
            removeGroup(hierarchy.resolve(group));
        }
    }

    /** Where control groups can lie: each hierarchy of version 1, and the one of version 2. */
    static List<Path> hierarchies() {
        return Stream.concat(Stream.of(GROUPS), children(GROUPS).stream().filter(Files::isDirectory))
                .filter(path -> Files.exists(path.resolve("cgroup.procs")))
                .filter(path -> path.equals(GROUPS) || !Files.exists(GROUPS.resolve("cgroup.procs")))
                .toList();
    }

    /** The file that says how much memory a group has. */
    static Path memory(String group) {
        Path second = GROUPS.resolve(group).resolve("memory.current");
        return Files.exists(second)
                ? second
                : GROUPS.resolve("memory").resolve(group).resolve("memory.usage_in_bytes");
    }

    private static boolean ownerIsGone(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            return false;
        }
        Optional<ProcessHandle> owner = ProcessHandle.of(Long.parseLong(matcher.group(1)));
        return owner.map(MachineRun::start)
                .filter(start -> Math.abs(start - Long.parseLong(matcher.group(2))) < CLOCK.toMillis())
                .isEmpty();
    }

    private static long start(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static void removeGroup(Path group) {
        if (!Files.isDirectory(group)) {
            return;
        }
        List<Path> folders;
        try (Stream<Path> paths = Files.walk(group)) {
            folders = paths.filter(Files::isDirectory)
                    .sorted(Comparator.reverseOrder())
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            // Another starter is removing them at this moment.
            folders = List.of(group);
        }
        for (Path folder : folders) {
            if (!Waiting.until(() -> emptied(folder), LIMIT)) {
                log.debug("Keep a control group that has processes [group={}]", folder);
            }
        }
    }

    /** Ends the processes of a group and removes it; false while some still end. */
    private static boolean emptied(Path group) {
        try {
            for (String pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
                ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
            }
            Files.deleteIfExists(group);
            return true;
        } catch (IOException e) {
            return !Files.exists(group);
        }
    }

    private static List<Path> children(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        } catch (IOException e) {
            throw new UncheckedIOException("List " + directory + ": " + e.getMessage(), e);
        }
    }
}
