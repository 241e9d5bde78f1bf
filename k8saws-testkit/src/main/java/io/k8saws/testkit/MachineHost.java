package io.k8saws.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a host has of what {@linkplain NodeMachines node machines} need, and the reason when they cannot run there:
 *
 * <pre>{@code
 * MachineHost.look().lack().ifPresent(lack -> System.err.println(lack.why() + ". " + lack.cure()));
 * }</pre>
 *
 * <p>Immutable.
 *
 * @param system the name of the operating system, as Java tells it
 * @param user who this process runs as
 * @param refused what the system answers when it is asked for namespaces and a network in them; empty when it gives them, and when it was not asked because this is not root on Linux
 * @param loopDevices whether loop devices can be had, which disks are made of
 * @param watches how many instances of inotify a user may have
 * @param notInstalled where the root image is looked for and is not; empty when it is there
 */
public record MachineHost(
        String system,
        String user,
        Optional<String> refused,
        boolean loopDevices,
        int watches,
        Optional<Path> notInstalled) {
    /** Nine nodes need about 150 instances of inotify, most hosts allow 128, and kubelets end when they get none. */
    static final int LEAST_WATCHES = 512;

    /** All namespaces of a machine, and in them what a network needs. */
    private static final List<String> PROBE = List.of(
            "unshare",
            "--mount",
            "--net",
            "--pid",
            "--uts",
            "--ipc",
            "--cgroup",
            "--fork",
            "ip",
            "link",
            "set",
            "lo",
            "up");

    private static final Path WATCHES = Path.of("/proc/sys/fs/inotify/max_user_instances");
    private static final Path LOOPS = Path.of("/dev/loop-control");

    /**
     * Why machines cannot run.
     *
     * @param why what the host lacks, a part of a sentence
     * @param cure what to do about it, a sentence without its stop
     */
    public record Lack(String why, String cure) {
        /** Checks that nothing is null. */
        public Lack {
            Objects.requireNonNull(why, "why");
            Objects.requireNonNull(cure, "cure");
        }
    }

    /** Checks that nothing is null. */
    public MachineHost {
        Objects.requireNonNull(system, "system");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(refused, "refused");
        Objects.requireNonNull(notInstalled, "notInstalled");
    }

    /**
     * Looks at this host, with what the environment says about the testbed. Takes some tens of milliseconds and changes nothing.
     *
     * @return what it has now
     */
    public static MachineHost look() {
        return look(Surroundings.current());
    }

    static MachineHost look(Surroundings surroundings) {
        String system = System.getProperty("os.name");
        String user = ProcessHandle.current().info().user().orElse("");
        Path image = Component.MACHINES.root(surroundings).resolve("root");
        return new MachineHost(
                system,
                user,
                isLinux(system) && isRoot(user) ? answer(PROBE) : Optional.empty(),
                opens(LOOPS),
                allowedWatches(),
                Files.isDirectory(image) ? Optional.empty() : Optional.of(image));
    }

    /**
     * Tells the first thing that is missing: who has not that often lacks the rest, too.
     *
     * @return the reason why no machine can run here; empty when one can
     */
    public Optional<Lack> lack() {
        if (!isLinux(system)) {
            return lack("this is not Linux but " + system, "Run on a Linux host");
        }
        if (!isRoot(user)) {
            return lack(
                    "they are made of namespaces and mounts, which only root may make, and this process runs as '"
                            + user + "'",
                    "Run as root, or in a container or virtual machine where you are");
        }
        if (refused.isPresent()) {
            return lack(
                    "this host gives root no namespaces with a network of their own: " + refused.get(),
                    "Install util-linux and iproute2; in a container, run it with CAP_SYS_ADMIN and CAP_NET_ADMIN and without"
                            + " a seccomp profile that forbids unshare and mount, such as with 'docker run --privileged'");
        }
        if (!loopDevices) {
            return lack(
                    LOOPS + " cannot be opened, and machines' disks are loop devices",
                    "Load the kernel's module 'loop'; in a container, let it have the host's devices, such as with"
                            + " 'docker run --privileged'");
        }
        if (watches < LEAST_WATCHES) {
            return lack(
                    WATCHES + " is " + watches + ", less than " + LEAST_WATCHES,
                    "Run 'testbed/install machines' once after each boot of the host, which sets it");
        }
        return notInstalled.flatMap(image -> lack(
                "they are not installed: there is no " + image,
                "Run 'testbed/install machines' in a checkout of k8saws"));
    }

    /** Fails with the reason when no machine can be started here. */
    void require() {
        lack().ifPresent(lack -> {
            throw new TestbedException("Start node machines", lack.why(), lack.cure());
        });
    }

    private static Optional<Lack> lack(String why, String cure) {
        return Optional.of(new Lack(why, cure));
    }

    private static boolean isLinux(String system) {
        return system.equals("Linux");
    }

    private static boolean isRoot(String user) {
        return user.equals("root") || user.equals("0");
    }

    /** What a command that fails says; empty when it does not fail. */
    private static Optional<String> answer(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int code = process.waitFor();
            return code == 0
                    ? Optional.empty()
                    : Optional.of(said.isEmpty() ? command.get(0) + " ended with code " + code : said);
        } catch (IOException e) {
            return Optional.of(TestbedException.why(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TestbedException("Look at this host", "the thread was interrupted", "Run again", Map.of(), e);
        }
    }

    private static boolean opens(Path device) {
        try {
            Files.newInputStream(device).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int allowedWatches() {
        // in one read: what follows the first is empty, and Files.readString reads a single byte first
        try (BufferedReader reader = Files.newBufferedReader(WATCHES)) {
            return Integer.parseInt(reader.readLine().strip());
        } catch (IOException e) {
            return 0;
        }
    }
}
