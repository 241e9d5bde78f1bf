package io.k8saws.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A machine that has booted from an instance's user data: systemd as process 1 in namespaces of its own, over a copy-on-write view of the root image. Get one from
 * {@link NodeMachines#start}.
 *
 * <p>What it is told and has can change while it runs, as an instance's: tags, credentials, disks, network interfaces.
 *
 * <p>Thread-safe.
 */
public final class NodeMachine {
    private static final Duration COMMAND = Duration.ofMinutes(5);
    private static final Duration POWER_OFF = Duration.ofMinutes(2);
    private static final Duration OWN_ROOT = Duration.ofSeconds(30);

    /** As a virtual machine's power button: systemd-logind waits for who has asked it to, such as a kubelet. Where there is no logind nobody has. */
    private static final String POWER_BUTTON =
            "busctl --quiet call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager PowerOff b false"
                    + " || systemctl --no-block poweroff";

    private static final int CONSOLE_LINES = 30;

    private final NodeMachines network;
    private final Path directory;
    private final String group;
    private final Program program;
    private final Map<NodeVolume, String> devices = new HashMap<>();
    private final Map<String, Plugged> plugged = new HashMap<>();
    private NodeInstance instance;

    /** An interface that came later: its number, and the name of its other end. */
    private record Plugged(int index, String link) {}

    NodeMachine(NodeMachines network, Path directory, String group, Program program, NodeInstance instance) {
        this.network = network;
        this.directory = directory;
        this.group = group;
        this.program = program;
        this.instance = instance;
        for (NodeVolume volume : instance.volumes()) {
            devices.put(volume, device(devices.size()));
        }
    }

    /**
     * What EC2 knows about the machine at this moment.
     *
     * @return with what was attached and changed since it started
     */
    public synchronized NodeInstance instance() {
        return instance;
    }

    /**
     * Tells whether the machine runs.
     *
     * @return false after it was killed or has powered itself off
     */
    public boolean isRunning() {
        return program.isAlive();
    }

    /**
     * Runs a command as root on the machine, as somebody who is logged in.
     *
     * @param command the program and its arguments
     * @return what it printed, output and errors, without the last line's end
     * @throws TestbedException if the machine has ended, or the command fails or takes more than five minutes
     */
    public String run(String... command) {
        awaitOwnRoot();
        List<String> line = new ArrayList<>(List.of("nsenter", "--all", "--target", pid(), "--"));
        // As for the machine's own processes: the clock is the host's.
        line.addAll(List.of("setpriv", "--bounding-set=-sys_time", "--", "env", "-i"));
        line.addAll(List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"));
        line.addAll(List.of(command));
        return Output.of(instance().id(), line, COMMAND);
    }

    /**
     * What the machine has shown on its console. Also after its end.
     *
     * @return all of it, with the colours that systemd gives it
     */
    public String console() {
        Path console = directory.resolve("console");
        try {
            return Files.exists(console) ? new String(Files.readAllBytes(console), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException("Read the console of " + this + ": " + e.getMessage(), e);
        }
    }

    /**
     * The machine's journal. Also after its end.
     *
     * @param arguments for journalctl, such as {@code --unit=kubelet}; none for all of it
     * @return its lines
     */
    public String journal(String... arguments) {
        // The journal lies in the machine's own layer; the image has the program that reads it.
        String script =
                "mount --bind \"$1\" \"$0/mnt\" && image=$0 && shift && exec chroot \"$image\" journalctl --directory=/mnt --no-pager \"$@\"";
        List<String> line = new ArrayList<>(List.of(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                script,
                network.image().toString()));
        line.add(directory.resolve("upper/var/log/journal").toString());
        line.addAll(List.of(arguments));
        return Output.of("journal", line, COMMAND);
    }

    /**
     * Waits until cloud-init has done what the user data asks for.
     *
     * @param limit how long
     * @throws TestbedException if it takes longer, the machine ends, or cloud-init reports an error; with the console's last lines
     */
    public void awaitBoot(Duration limit) {
        Path result = result();
        boolean ended = Waiting.until(() -> !isRunning() || Files.exists(result), limit);
        if (!ended || !Files.exists(result)) {
            throw failure("Boot " + this, ended ? "it has ended" : "it is not done after " + limit.toSeconds() + " s");
        }
        String told = readResult(result);
        if (!Json.read(told).path("v1").path("errors").isEmpty()) {
            throw failure("Boot " + this, "cloud-init says: " + told.strip());
        }
    }

    /** Whether cloud-init is done, well or not. */
    boolean hasBooted() {
        return Files.exists(result());
    }

    private Path result() {
        return directory.resolve("upper/var/lib/cloud/data/result.json");
    }

    /**
     * Shows a disk to the machine, as EC2 does a moment after AttachVolume: as {@code /dev/nvme<N>n1}, and by its id in {@code /dev/disk/by-id}.
     *
     * @param volume a disk that no running machine has
     */
    public synchronized void attach(NodeVolume volume) {
        if (devices.containsKey(volume)) {
            return;
        }
        network.claim(volume, this);
        int number = 0;
        while (devices.containsValue(device(number))) {
            number++;
        }
        String device = device(number);
        run("mknod", "-m", "660", "/dev/" + device, "b", "7", String.valueOf(volume.loop()));
        run("ln", "-sfn", "../../" + device, "/dev/disk/by-id/" + volume.link());
        devices.put(volume, device);
        instance = instance.withVolume(volume);
    }

    /**
     * Takes a disk from the machine, as DetachVolume does. Who has it mounted keeps it until then, as on EC2.
     *
     * @param volume a disk of this machine
     * @throws IllegalArgumentException if the machine does not have it
     */
    public synchronized void detach(NodeVolume volume) {
        String device = devices.remove(volume);
        if (device == null) {
            throw new IllegalArgumentException("Detach " + volume + " from " + this
                    + ": it does not have it. Its disks are " + instance.volumes() + ".");
        }
        run("rm", "-f", "/dev/disk/by-id/" + volume.link(), "/dev/" + device);
        instance = instance.without(volume);
        network.free(volume);
    }

    /**
     * Gives the machine one more network interface, named {@code ens6} and so on, without an address: it learns that from the metadata service and sets it itself, as on EC2.
     *
     * @param next the interface
     */
    public synchronized void attach(NodeInterface next) {
        if (instance.interfaces().contains(next)) {
            return;
        }
        NodeInstance changed = instance.withInterface(next);
        int index = 1;
        while (isTaken(index)) {
            index++;
        }
        network.tell(changed);
        plugged.put(next.id(), new Plugged(index, network.plug(Long.parseLong(pid()), index, next)));
        instance = changed;
    }

    /** The interfaces that were attached while it ran. */
    synchronized List<NodeInterface> later() {
        return instance.interfaces().stream()
                .filter(one -> plugged.containsKey(one.id()))
                .toList();
    }

    private boolean isTaken(int index) {
        return index < instance.interfaces().size() - plugged.size()
                || plugged.values().stream().anyMatch(one -> one.index() == index);
    }

    /**
     * Takes a network interface from the machine, as DetachNetworkInterface does.
     *
     * @param gone an interface that was attached while it ran
     * @throws IllegalArgumentException if it was not
     */
    public synchronized void detach(NodeInterface gone) {
        Plugged other = plugged.remove(gone.id());
        if (other == null) {
            throw new IllegalArgumentException(
                    "Detach " + gone + " from " + this + ": it was not attached while it ran.");
        }
        network.unplug(other.link(), gone);
        instance = instance.without(gone);
        network.tell(instance);
    }

    /**
     * Changes what the metadata service tells the machine: its tags and its role.
     *
     * @param changed the same instance with other tags or another role
     * @throws IllegalArgumentException if it is another instance, or has other disks or interfaces
     */
    public synchronized void tell(NodeInstance changed) {
        if (!changed.id().equals(instance.id())
                || !changed.interfaces().equals(instance.interfaces())
                || !changed.volumes().equals(instance.volumes())) {
            throw new IllegalArgumentException(
                    "Tell " + this + " about itself: " + changed
                            + " is another instance, or has other disks or interfaces. Change tags or the role only, and attach the rest.");
        }
        network.tell(changed);
        instance = changed;
    }

    /** Ends the machine at once, as when its host fails. Its disks can go to another. */
    public void kill() {
        program.killQuietly();
        MachineRun.removeGroups(group);
    }

    /**
     * Powers the machine off in good order, as TerminateInstances does, and kills it when that takes more than two minutes.
     *
     * @return whether it went off by itself
     */
    public boolean stop() {
        return stop(POWER_OFF);
    }

    /** The same with another limit. */
    boolean stop(Duration limit) {
        try {
            run("bash", "-c", POWER_BUTTON);
        } catch (TestbedException e) {
            if (isRunning()) {
                throw e;
            }
        }
        boolean off = Waiting.until(() -> !isRunning(), limit);
        kill();
        return off;
    }

    /**
     * How much memory the machine's processes have, with what the kernel keeps for them.
     *
     * @return bytes
     */
    public long memory() {
        Path first = MachineRun.memory(group);
        try {
            return Long.parseLong(Files.readString(first).strip());
        } catch (IOException e) {
            throw failure("Measure the memory of " + this, TestbedException.why(e));
        }
    }

    /** Names the machine and its address. */
    @Override
    public String toString() {
        NodeInstance now = instance();
        return "NodeMachine[" + now.id() + ", " + now.address() + (isRunning() ? "" : ", ended") + "]";
    }

    Path directory() {
        return directory;
    }

    /** The name of the n-th disk. The first name is that of the disk that the machine boots from. */
    static String device(int n) {
        return "nvme" + (n + 1) + "n1";
    }

    /** Until systemd starts, process 1 still has the host's files. */
    private void awaitOwnRoot() {
        Path name = Path.of("/proc", pid(), "comm");
        Waiting.until(() -> !isRunning() || !read(name).startsWith("python"), OWN_ROOT);
        if (read(name).startsWith("python")) {
            throw failure("Reach " + this, "it has not started after " + OWN_ROOT.toSeconds() + " s");
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException gone) {
            return "";
        }
    }

    private String pid() {
        try {
            return Files.readString(directory.resolve("pid"));
        } catch (IOException e) {
            throw failure("Reach " + this, "it has ended");
        }
    }

    TestbedException failure(String tried, String why) {
        List<String> lines = console().lines().toList();
        List<String> last = lines.subList(Math.max(0, lines.size() - CONSOLE_LINES), lines.size());
        return new TestbedException(
                tried,
                why + ". The last lines of its console:" + System.lineSeparator()
                        + String.join(System.lineSeparator(), last) + System.lineSeparator(),
                "Read its console and its journal",
                Map.of("directory", directory.toString()),
                null);
    }

    private static String readResult(Path result) {
        try {
            return Files.readString(result);
        } catch (IOException e) {
            throw new UncheckedIOException("Read " + result + ": " + e.getMessage(), e);
        }
    }
}
