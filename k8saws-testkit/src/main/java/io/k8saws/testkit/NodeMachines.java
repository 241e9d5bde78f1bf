package io.k8saws.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Machines that boot from user data as EC2 instances do, in a network of their own on this host: a VPC with its router and name server, the instance metadata
 * service, a mirror of what nodes fetch, disks. Nothing in it reaches the world outside, and nobody outside reaches into it but through {@link #admit} and
 * {@link #expose}.
 *
 * <pre>{@code
 * try (NodeMachines machines = Testbed.machines("10.0.0.0/16", List.of("10.0.0.0/20"))) {
 *     NodeMachine machine = machines.start(NodeInstance.of("i-1", NodeInterface.of("eni-1", "10.0.0.5", "10.0.0.0/20"))
 *             .withUserData("#!/bin/bash\necho hello >/dev/console\n"));
 *     machine.awaitBoot(Duration.ofMinutes(1));
 * }
 * }</pre>
 *
 * <p>Needs Linux and root, and {@code testbed/install machines}; {@link MachineHost} tells what is missing. All that it makes on the host is gone when it is closed; a JVM that is killed leaves at most control
 * groups and files, which the next one removes.
 *
 * <p>Thread-safe.
 */
public final class NodeMachines implements AutoCloseable {
    /** Where the world outside answers inside the network: the asset mirror and what was admitted. */
    public static final String OUTSIDE = "169.254.170.1";

    private static final Duration START = Duration.ofSeconds(60);
    private static final String FIRST_INTERFACE = "ens5";
    private static final int FIRST_INTERFACE_NUMBER = 5;
    private static final Set<NodeMachines> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> OPEN.forEach(NodeMachines::close), "k8saws-machines-shutdown"));
    }

    private final Path installed;
    private final Path runs;
    private final Path directory;
    private final Path networkDirectory;
    private final Program program;
    private final NetworkControl control;
    private final List<String> subnets = new CopyOnWriteArrayList<>();
    private final String nameServer;
    private final List<NodeMachine> machines = new CopyOnWriteArrayList<>();
    private final Map<NodeVolume, NodeMachine> claims = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();

    private NodeMachines(
            Path installed,
            Path runs,
            Path directory,
            Path networkDirectory,
            Program program,
            List<String> subnets,
            String nameServer) {
        this.installed = installed;
        this.runs = runs;
        this.directory = directory;
        this.networkDirectory = networkDirectory;
        this.program = program;
        this.control = new NetworkControl(networkDirectory.resolve("control"));
        this.subnets.addAll(subnets);
        this.nameServer = nameServer;
    }

    static NodeMachines start(String vpcCidr, List<String> subnetCidrs, Surroundings surroundings) {
        Path root = requireInstalled(surroundings);
        Path runs = surroundings.home().resolve("machines").resolve("runs");
        MachineRun.sweep(runs);
        Path networkDirectory = Scratch.directory("network");
        try {
            Path installed = root.toRealPath();
            Path directory = Files.createDirectories(runs.resolve(MachineRun.name()));
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            String nameServer = Cidr.nth(vpcCidr, 2);
            Path settings = networkDirectory.resolve("settings.json");
            Files.writeString(
                    settings,
                    Json.text(Map.<String, Object>of(
                            "directory", networkDirectory.toString(),
                            "image", installed.resolve("root").toString(),
                            "mirror", installed.resolve("mirror").toString(),
                            "nameServer", nameServer,
                            "routers",
                                    subnetCidrs.stream()
                                            .map(cidr -> Cidr.nth(cidr, 1) + "/" + Cidr.length(cidr))
                                            .toList(),
                            "subnets",
                                    subnetCidrs.stream()
                                            .map(cidr -> List.of(Cidr.nth(cidr, 0), Cidr.mask(cidr)))
                                            .toList())));
            Program program = python("network", "network.py", settings, networkDirectory.resolve("network.log"));
            awaitFile(program, networkDirectory.resolve("control"));
            NodeMachines machines =
                    new NodeMachines(installed, runs, directory, networkDirectory, program, subnetCidrs, nameServer);
            OPEN.add(machines);
            return machines;
        } catch (IOException e) {
            throw new TestbedException(
                    "Start a network of node machines",
                    TestbedException.why(e),
                    "Look for free space and whether the directory can be written",
                    Map.of("directory", runs.toString()),
                    e);
        }
    }

    /**
     * Makes a blank disk. It belongs to this network and is removed with it.
     *
     * @param id such as {@code vol-0a1b2c3d4e5f60718}; once in a network
     * @param gibibytes its size, at least 1; it takes as much room as is written to it
     * @return the disk
     */
    public NodeVolume volume(String id, int gibibytes) {
        return NodeVolume.create(id, gibibytes, directory.resolve("volumes"), control);
    }

    /**
     * Starts a machine. Returns when systemd starts, after about a second; {@link NodeMachine#awaitBoot} waits for the user data.
     *
     * @param instance what it is told and has. The first interface's address is set when it starts, further ones it sets itself
     * @return the machine; it ends with this network at the latest
     * @throws TestbedException if it does not start, or one of its disks is another running machine's
     * @throws IllegalArgumentException if the first interface is in none of the network's subnets
     */
    public NodeMachine start(NodeInstance instance) {
        NodeInterface first = instance.interfaces().get(0);
        if (!subnets.contains(first.subnetCidr())) {
            throw new IllegalArgumentException("Start " + instance + ": its subnet " + first.subnetCidr()
                    + " is none of the network's " + subnets + ". Name it when the network is made.");
        }
        int number = numbers.incrementAndGet();
        Path own = directory.resolve(instance.id() + "-" + number);
        String group = MachineRun.name() + "/" + instance.id() + "-" + number;
        try {
            Files.createDirectories(own);
            tell(instance);
            name(instance.privateDnsName(), List.of(first.address()));
            Path settings = own.resolve("settings.json");
            Files.writeString(settings, Json.text(settings(instance, own, group, number)));
            instance.volumes().forEach(this::requireFree);
            Program starter = python(instance.id(), "machine.py", settings, own.resolve("starter.log"));
            NodeMachine machine = new NodeMachine(this, own, group, starter, instance);
            machines.add(machine);
            instance.volumes().forEach(volume -> claims.put(volume, machine));
            awaitFile(starter, own.resolve("pid"));
            return machine;
        } catch (IOException e) {
            throw new TestbedException(
                    "Start " + instance,
                    TestbedException.why(e),
                    "Look for free space",
                    Map.of("directory", own.toString()),
                    e);
        }
    }

    /**
     * Lets a server of this host be reached from the machines, such as an AWS emulator.
     *
     * @param onHost where it answers on this host, such as {@link AwsEndpoint#uri()}
     * @return where machines reach it: the same with the host {@link #OUTSIDE}
     */
    public URI admit(URI onHost) {
        admit(OUTSIDE, onHost.getPort(), onHost);
        return URI.create(onHost.getScheme() + "://" + OUTSIDE + ":" + onHost.getPort());
    }

    /**
     * Lets a server of this host be reached from the machines at an address and port of your choice.
     *
     * @param address an address of the network that no machine has
     * @param port the port there
     * @param onHost where it answers on this host
     */
    public void admit(String address, int port, URI onHost) {
        own(address);
        control.ask(
                "enter",
                Map.<String, Object>of(
                        "address", address, "port", port, "host", onHost.getHost(), "to", onHost.getPort()));
    }

    /**
     * Lets this host reach a port of the network, such as an API server's.
     *
     * @param address an address of the network
     * @param port the port there
     * @return a port of this host's loopback address that leads there, as long as the network lives
     */
    public int expose(String address, int port) {
        return control.ask("leave", Map.<String, Object>of("address", address, "port", port))
                .asInt();
    }

    /**
     * Opens a way for clients of this host that shall use the network's names, such as a kubeconfig's server: an HTTP proxy that knows the method {@code CONNECT}.
     * It leads nowhere else.
     *
     * @return for {@code HTTPS_PROXY}, or a kubeconfig's {@code proxy-url}; it answers as long as the network lives
     */
    public URI proxy() {
        return URI.create("http://127.0.0.1:" + control.ask("proxy", Map.of()).asInt());
    }

    /**
     * Gives addresses to a name, as a hosted zone of the VPC does.
     *
     * @param name such as {@code api.demo.example.com}
     * @param addresses IPv4 addresses, in place of those that it had; none forgets the name
     */
    public void name(String name, List<String> addresses) {
        control.ask("name", Map.<String, Object>of("name", name, "addresses", addresses));
    }

    /**
     * Sends what goes to a range by way of a machine, as the VPC's route tables do for the ranges of pods.
     *
     * @param cidr the range
     * @param via the address of a machine
     */
    public void route(String cidr, String via) {
        control.ask("route", Map.<String, Object>of("destination", cidr, "via", via));
    }

    /**
     * Puts a network load balancer at an address, or gives it other targets. It asks none of them whether it is well: as the caller you know who is. Connections that
     * stand stay with their target.
     *
     * @param address an address of the network that no machine has
     * @param port where it listens
     * @param targets such as {@code 10.0.0.5:6443}; with none, connections are closed at once
     */
    public void balance(String address, int port, List<String> targets) {
        control.ask("balance", Map.<String, Object>of("address", address, "port", port, "targets", targets));
    }

    /** The same with targets that are asked whether they are well; those that are not get no new connections. */
    void balance(String address, int port, List<String> targets, Map<String, Object> check) {
        control.ask(
                "balance",
                Map.<String, Object>of("address", address, "port", port, "targets", targets, "check", check));
    }

    /** Takes a load balancer's port away. */
    void unbalance(String address, int port) {
        control.ask("unbalance", Map.<String, Object>of("address", address, "port", port));
    }

    /** Adds a subnet that was not there when the network was made. */
    synchronized void subnet(String cidr) {
        if (!subnets.contains(cidr)) {
            control.ask("subnet", Map.<String, Object>of("router", Cidr.nth(cidr, 1) + "/" + Cidr.length(cidr)));
            subnets.add(cidr);
        }
    }

    /** Gives back a disk that no machine has any more, with all that is on it. */
    void remove(NodeVolume volume) {
        NodeMachine owner = claims.remove(volume);
        if (owner != null && owner.isRunning()) {
            claims.put(volume, owner);
            throw new TestbedException("Remove " + volume, owner + " has it", "Kill that machine first");
        }
        control.ask("release", Map.<String, Object>of("loop", volume.loop()));
        Scratch.delete(directory.resolve("volumes").resolve(volume.id()));
    }

    /**
     * Where machines find the asset mirror. It has each file under the host and path of its first place, as {@code wget -x} makes it.
     *
     * @return an address that only machines reach
     */
    public URI mirror() {
        return URI.create("http://" + OUTSIDE);
    }

    /**
     * Puts a file of your own on the mirror, also in place of one that it has.
     *
     * @param path under the mirror's root, without a slash at its start
     * @param content the file
     */
    public void publish(String path, byte[] content) {
        Path file = networkDirectory.resolve("mirror").resolve(path);
        try {
            Files.createDirectories(Optional.ofNullable(file.getParent()).orElse(file));
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException("Publish " + path + ": " + e.getMessage(), e);
        }
    }

    /**
     * Who has asked the metadata service, the mirror and the name server for what, and how it was answered, one line each.
     *
     * @return the log so far
     */
    public String requests() {
        try {
            return Files.readString(program.log());
        } catch (IOException e) {
            throw new UncheckedIOException("Read the log of " + this + ": " + e.getMessage(), e);
        }
    }

    /**
     * The machines that were started and not removed, also those that have ended.
     *
     * @return a copy
     */
    public List<NodeMachine> machines() {
        return List.copyOf(machines);
    }

    /** Ends the machines and removes all that the network has made on this host. */
    @Override
    public void close() {
        if (!OPEN.remove(this)) {
            return;
        }
        // All at once: each takes a moment.
        machines.parallelStream().forEach(NodeMachine::kill);
        // Its end frees the disks' loop devices.
        program.close();
        Scratch.delete(networkDirectory);
        Stream.concat(machines.stream().map(NodeMachine::directory), Stream.of(directory.resolve("volumes")))
                .forEach(Scratch::delete);
        if (OPEN.isEmpty()) {
            MachineRun.remove(runs, MachineRun.name());
        }
    }

    /** Names the network's ranges and machines. */
    @Override
    public String toString() {
        return "NodeMachines" + subnets + machines;
    }

    Path image() {
        return installed.resolve("root");
    }

    /** Tells the metadata service what to say to an instance. */
    void tell(NodeInstance instance) {
        String document = Json.text(InstanceMetadata.of(instance));
        for (NodeInterface one : instance.interfaces()) {
            control.ask("lease", Map.<String, Object>of("mac", one.mac(), "address", one.address()));
            Path file = networkDirectory.resolve("metadata").resolve(one.address() + ".json");
            try {
                Path next = Files.createTempFile(networkDirectory, "metadata-", ".json");
                Files.writeString(next, document);
                Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw new UncheckedIOException("Write the metadata of " + instance + ": " + e.getMessage(), e);
            }
        }
    }

    /** Gives a running machine an interface without an address; returns its other end's name. */
    String plug(long pid, int index, NodeInterface next) {
        Map<String, Object> words = new LinkedHashMap<>(interfaceSettings(next, index, numbers.incrementAndGet()));
        words.put("pid", pid);
        control.ask("plug", words);
        return String.valueOf(words.get("link"));
    }

    /** Takes an interface from a running machine. */
    void unplug(String link, NodeInterface gone) {
        control.ask("unplug", Map.of("link", link));
        try {
            Files.deleteIfExists(networkDirectory.resolve("metadata").resolve(gone.address() + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException("Forget the metadata of " + gone + ": " + e.getMessage(), e);
        }
    }

    /** Notes that a machine has a disk. */
    void claim(NodeVolume volume, NodeMachine machine) {
        if (claims.get(volume) != machine) {
            requireFree(volume);
        }
        claims.put(volume, machine);
    }

    /** Notes that a disk is nobody's any more. */
    void free(NodeVolume volume) {
        claims.remove(volume);
    }

    /** The running machine that has a disk. */
    Optional<NodeMachine> owner(NodeVolume volume) {
        return Optional.ofNullable(claims.get(volume)).filter(NodeMachine::isRunning);
    }

    private void requireFree(NodeVolume volume) {
        NodeMachine owner = claims.get(volume);
        if (owner != null && owner.isRunning()) {
            throw new TestbedException(
                    "Attach " + volume, owner + " has it", "Kill that machine first, as EC2 would refuse it, too");
        }
    }

    private void own(String address) {
        control.ask("own", Map.<String, Object>of("address", address));
    }

    private Map<String, Object> settings(NodeInstance instance, Path own, String group, int number) {
        List<Map<String, Object>> disks = new ArrayList<>();
        for (NodeVolume volume : instance.volumes()) {
            disks.add(Map.<String, Object>of(
                    "loop", volume.loop(), "link", volume.link(), "device", NodeMachine.device(disks.size())));
        }
        List<Map<String, Object>> interfaces = new ArrayList<>();
        for (NodeInterface one : instance.interfaces()) {
            Map<String, Object> words = interfaceSettings(one, interfaces.size(), number);
            if (interfaces.isEmpty()) {
                words.put("address", one.addressInSubnet());
                words.put("gateway", Cidr.nth(one.subnetCidr(), 1));
            }
            interfaces.add(words);
        }
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("directory", own.toString());
        settings.put("image", image().toString());
        settings.put("store", installed.resolve("store").toString());
        settings.put("control", control.socket().toString());
        settings.put("group", group);
        settings.put("hostname", "localhost");
        // What a virtual machine of EC2 has there; only the start counts.
        settings.put("uuid", "ec2" + "00000-0000-0000-0000-000000000000");
        settings.put("volumes", disks);
        settings.put("interfaces", interfaces);
        String domain = instance.privateDnsName();
        settings.put(
                "files",
                Map.of(
                        "/etc/resolv.conf",
                        "nameserver " + nameServer + "\nsearch " + domain.substring(domain.indexOf('.') + 1) + "\n",
                        "/etc/hosts",
                        "127.0.0.1 localhost\n"));
        return settings;
    }

    private static Map<String, Object> interfaceSettings(NodeInterface one, int index, int number) {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("link", "m" + number + "." + index);
        words.put("name", index == 0 ? FIRST_INTERFACE : "ens" + (FIRST_INTERFACE_NUMBER + index));
        words.put("mac", one.mac());
        return words;
    }

    private static Program python(String name, String script, Path settings, Path log) {
        return Program.start(
                name, List.of("python3", "-I", "-S", "-c", script(script), settings.toString()), Map.of(), log);
    }

    /** Waits until a program has made the file that says that it is ready, and ends it when it does not. */
    private static void awaitFile(Program program, Path file) {
        try {
            if (!program.awaitHealthy(() -> Files.exists(file), START)) {
                throw Started.ended(program);
            }
        } catch (TestbedException e) {
            program.killQuietly();
            throw e;
        }
    }

    private static String script(String name) {
        try (InputStream script = NodeMachines.class.getResourceAsStream(name)) {
            if (script == null) {
                throw new IllegalStateException("Read " + name + ": it is not in the jar. Build k8saws-testkit anew.");
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Read " + name + ": " + e.getMessage(), e);
        }
    }

    /** Fails with the reason when no machine can be started here; returns where the programs are. */
    static Path requireInstalled(Surroundings surroundings) {
        MachineHost.look(surroundings).require();
        return Component.MACHINES.root(surroundings);
    }
}
