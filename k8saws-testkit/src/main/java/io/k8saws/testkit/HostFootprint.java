package io.k8saws.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What node machines could leave on a host, as lines: mounts, network links, processes in namespaces, control groups, loop devices, and all of the kernel's settings.
 * Compare two of them to prove that a host is as it was before:
 *
 * <pre>{@code
 * HostFootprint before = HostFootprint.look();
 * ...
 * assertThat(before.changes(Duration.ofSeconds(10))).isEmpty();
 * }</pre>
 *
 * <p>Immutable. Linux only.
 */
public final class HostFootprint {
    /** These change by themselves, or count what the whole host does. */
    private static final Pattern LIVE = Pattern.compile("kernel/(random/.*|ns_last_pid|pty/nr|tainted|perf_.*|sched_.*)"
            + "|fs/(dentry-state|file-nr|inode-.*|aio-nr|quota/.*)|net/netfilter/nf_conntrack_count|fs/binfmt_misc/.*");

    private static final Path SETTINGS = Path.of("/proc/sys");

    private final Set<String> lines;

    private HostFootprint(Set<String> lines) {
        this.lines = lines;
    }

    /**
     * Looks at the host. Takes some tens of milliseconds.
     *
     * @return what is there now
     */
    public static HostFootprint look() {
        List<String> found = new ArrayList<>();
        found.addAll(mounts());
        found.addAll(names("link", Path.of("/sys/class/net")));
        found.addAll(loops());
        found.addAll(processes());
        for (Path hierarchy : MachineRun.hierarchies()) {
            names("group " + hierarchy, hierarchy).stream()
                    .filter(line -> line.contains(" k8saws-"))
                    .forEach(found::add);
        }
        found.addAll(settings());
        return new HostFootprint(numbered(found));
    }

    /**
     * What there is, one line each. What is there twice ends in {@code #2}.
     *
     * @return sorted lines
     */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /**
     * How the host differs now from what it was. The kernel frees some things a moment after their last user, so differences that go away in time do not count.
     *
     * @param limit how long to wait until there are none
     * @return lines that start with {@code + } for what is new and {@code - } for what is gone; a changed setting is both
     */
    public List<String> changes(Duration limit) {
        Waiting.until(() -> changes().isEmpty(), limit);
        return changes();
    }

    private List<String> changes() {
        Set<String> now = look().lines;
        return Stream.concat(
                        now.stream().filter(line -> !lines.contains(line)).map(line -> "+ " + line),
                        lines.stream().filter(line -> !now.contains(line)).map(line -> "- " + line))
                .toList();
    }

    /** Says how many lines there are; use {@link #lines()} for all of them. */
    @Override
    public String toString() {
        return "HostFootprint[" + lines.size() + " lines]";
    }

    private static List<String> mounts() {
        // mountinfo: id, parent, device, root, place, options, ..., "-", type, source, ...
        return read(Path.of("/proc/self/mountinfo"))
                .lines()
                .map(line -> line.split(" ", -1))
                .map(words -> "mount " + words[4] + " of " + words[3])
                .toList();
    }

    private static List<String> loops() {
        List<String> found = new ArrayList<>();
        for (Path device : children(Path.of("/sys/block"))) {
            Path backing = device.resolve("loop/backing_file");
            if (Files.exists(backing)) {
                found.add("loop " + device.getFileName() + " " + read(backing).strip());
            }
        }
        return found;
    }

    /** Processes that live in another network than this one but under the same users: what a container or a node machine is made of, and no browser's sandbox. */
    private static List<String> processes() {
        List<String> found = new ArrayList<>();
        Path self = Path.of("/proc/self/ns");
        for (Path process : children(Path.of("/proc"))) {
            try {
                if (Character.isDigit(process.getFileName().toString().charAt(0))
                        && same(process.resolve("ns/user"), self.resolve("user"))
                        && !same(process.resolve("ns/net"), self.resolve("net"))) {
                    found.add("process "
                            + Files.readString(process.resolve("comm")).strip());
                }
            } catch (IOException ended) {
                // Then it has left nothing.
            }
        }
        return found;
    }

    private static boolean same(Path one, Path other) throws IOException {
        return Files.readSymbolicLink(one).equals(Files.readSymbolicLink(other));
    }

    private static List<String> settings() {
        try (Stream<Path> files = Files.walk(SETTINGS)) {
            return files.filter(Files::isRegularFile)
                    .map(SETTINGS::relativize)
                    .filter(name -> !LIVE.matcher(name.toString()).matches())
                    .map(name -> "setting " + name + " = "
                            + read(SETTINGS.resolve(name)).strip())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Read the kernel's settings: " + e.getMessage(), e);
        }
    }

    private static List<String> names(String kind, Path directory) {
        return children(directory).stream()
                .map(path -> kind + " " + path.getFileName())
                .toList();
    }

    private static Set<String> numbered(List<String> found) {
        Map<String, Integer> seen = new TreeMap<>();
        Set<String> all = new TreeSet<>();
        for (String line : found) {
            int times = seen.merge(line, 1, Integer::sum);
            all.add(times == 1 ? line : line + " #" + times);
        }
        return all;
    }

    private static List<Path> children(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The text of a file; nothing for those that can only be written, or have gone. */
    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
