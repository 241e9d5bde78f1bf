package io.k8saws.testkit;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Tag;

/**
 * Plays EC2's hosts for one VPC of an emulator: for each instance that the emulator has in it, a {@link NodeMachine} boots with exactly that instance's user data,
 * addresses, tags and role. As long as the fleet is open it looks at the emulator about once a second and makes it true:
 *
 * <ul>
 *   <li>An instance that starts gets a machine; one that is terminated is powered off in good order, within 100 seconds.
 *   <li>A machine that ends by itself, or is {@link #kill}ed, takes its instance along: it is terminated, and its Auto Scaling group starts a successor.
 *   <li>Volumes and network interfaces appear in a machine when they are attached by EC2's calls, also by the machine's own. They outlive it. A volume is as large as
 *       the emulator says, at most 8 GiB.
 *   <li>Each network load balancer listens on the address of its interface in its first subnet, with the registered targets that are well by the target group's
 *       health check; asked every two seconds at most. Its name and the A records of hosted zones are known to the VPC's name server.
 *   <li>The metadata service follows the instance's tags and lifecycle state, and renews the role's credentials.
 * </ul>
 *
 * <p>The emulator answers machines at {@link #EMULATOR}, and the asset mirror at {@link NodeMachines#mirror()}; both are known before a cluster is described. Instances
 * that the emulator has stopped, IPv6 and security groups play no part.
 *
 * <pre>{@code
 * try (NodeFleet fleet = Testbed.fleet(aws, Map.of("KubernetesCluster", "demo"))) {
 *     ... apply the cluster to the emulator
 *     fleet.awaitBoot(9, Duration.ofMinutes(5));
 * }
 * }</pre>
 *
 * <p>Needs what {@link NodeMachines} needs. Thread-safe.
 */
public final class NodeFleet implements AutoCloseable {
    /** Where machines reach the emulator: one address for all services, S3 with the bucket in the path. */
    public static final URI EMULATOR = URI.create("http://" + NodeMachines.OUTSIDE + ":5000");

    private static final Duration PAUSE = Duration.ofMillis(700);

    /** More than systemd's 90 seconds for a unit: whoever needs longer than that is killed inside of the machine, as on EC2, and not with it. */
    private static final Duration POWER_OFF = Duration.ofSeconds(100);

    private static final Duration LAST_WORK = Duration.ofMinutes(2);
    private static final int AT_ONCE = 3;
    private static final String GROUP = "aws:autoscaling:groupName";

    /** An instance's machine: first none, then one that runs, at last one that has ended. */
    private static final class Hosted {
        private final Instance instance;
        private final int number;
        private volatile @Nullable NodeMachine machine;
        private volatile boolean leaves;
        private volatile boolean ended;

        /** The number of the youngest machine when its end was seen; 0 before. */
        private volatile int youngest;

        Hosted(Instance instance, int number) {
            this.instance = instance;
            this.number = number;
        }

        Optional<NodeMachine> running() {
            return Optional.ofNullable(machine).filter(NodeMachine::isRunning);
        }

        boolean holds(String address) {
            return !ended && address.equals(instance.privateIpAddress());
        }
    }

    private final AwsEndpoint aws;
    private final Surroundings surroundings;
    private final EmulatorClients clients;
    private final VpcReader reader;
    private final FleetTimeline timeline;
    private final FleetMetadata metadata;
    private final FleetDisks disks;
    private final FleetBalancers balancers;
    private final Map<String, Hosted> hosted = new ConcurrentHashMap<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final ExecutorService loop = Executors.newSingleThreadExecutor(threads("k8saws-fleet"));
    private final ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE, threads("k8saws-fleet-worker"));
    private final AtomicInteger numbers = new AtomicInteger();
    private volatile @Nullable NodeMachines network;
    private volatile @Nullable VpcView last;
    private volatile boolean closed;

    private NodeFleet(AwsEndpoint aws, Map<String, String> vpcTags, Surroundings surroundings) {
        this.aws = aws;
        this.surroundings = surroundings;
        this.clients = EmulatorClients.of(aws);
        this.reader = new VpcReader(clients, vpcTags);
        Clock clock = Clock.systemUTC();
        this.timeline = new FleetTimeline(clock);
        this.metadata = new FleetMetadata(clients, clock, timeline);
        this.disks = new FleetDisks(timeline);
        this.balancers = new FleetBalancers(timeline);
    }

    static NodeFleet start(AwsEndpoint aws, Map<String, String> vpcTags, Surroundings surroundings) {
        NodeMachines.requireInstalled(surroundings);
        NodeFleet fleet = new NodeFleet(aws, vpcTags, surroundings);
        fleet.loop.execute(fleet::live);
        return fleet;
    }

    // --- for the test ---

    /**
     * The machines that run.
     *
     * @return a copy, the oldest first
     */
    public List<NodeMachine> machines() {
        return machines(any -> true);
    }

    /**
     * The machines that run and whose instances have a tag, also when the metadata service does not show it.
     *
     * @param tag the tag's key
     * @param value its value
     * @return a copy, the oldest first
     */
    public List<NodeMachine> machines(String tag, String value) {
        return machines(one -> value.equals(tag(one.instance, tag)));
    }

    /**
     * The machine of an instance, also after its end.
     *
     * @param instanceId the instance
     * @return its machine
     * @throws TestbedException if it has none
     */
    public NodeMachine machine(String instanceId) {
        return Optional.ofNullable(hosted.get(instanceId))
                .map(one -> one.machine)
                .orElseThrow(() -> failure("Find the machine of " + instanceId, "there is none"));
    }

    /**
     * Waits until an instance has a machine.
     *
     * @param instanceId the instance
     * @param limit how long
     * @return its machine, which may not have booted yet
     * @throws TestbedException if it takes longer; with what happened so far
     */
    public NodeMachine awaitMachine(String instanceId, Duration limit) {
        await("Wait for the machine of " + instanceId, limit, () -> Optional.ofNullable(hosted.get(instanceId))
                .map(one -> one.machine)
                .isPresent());
        return machine(instanceId);
    }

    /**
     * Waits for the machine that its Auto Scaling group started after one that has ended or ends.
     *
     * @param instanceId the instance that is followed
     * @param limit how long
     * @return its successor, which may not have booted yet
     * @throws TestbedException if it takes longer; with what happened so far
     */
    public NodeMachine awaitSuccessor(String instanceId, Duration limit) {
        Hosted old = Optional.ofNullable(hosted.get(instanceId))
                .orElseThrow(() -> failure("Wait for the successor of " + instanceId, "it was never here"));
        String group = tag(old.instance, GROUP);
        Predicate<Hosted> follows =
                one -> old.youngest > 0 && one.number > old.youngest && group.equals(tag(one.instance, GROUP));
        await("Wait for the successor of " + instanceId, limit, () -> !machines(follows)
                .isEmpty());
        return machines(follows).get(0);
    }

    /**
     * Waits until so many machines run and each has done what its user data asks for.
     *
     * @param count how many machines
     * @param limit how long
     * @return the machines
     * @throws TestbedException if it takes longer, or cloud-init reports an error; with the last lines of a console
     */
    public List<NodeMachine> awaitBoot(int count, Duration limit) {
        boolean booted = Waiting.until(
                () -> machines().size() >= count && machines().stream().allMatch(NodeMachine::hasBooted), limit);
        if (!booted) {
            Optional<NodeMachine> slow =
                    machines().stream().filter(one -> !one.hasBooted()).findFirst();
            String tried = "Boot " + count + " machines";
            String why = machines().size() + " run and not all have booted after " + limit.toSeconds() + " s."
                    + System.lineSeparator() + String.join(System.lineSeparator(), timeline())
                    + System.lineSeparator() + "Of " + slow;
            throw slow.map(one -> one.failure(tried, why)).orElseGet(() -> failure(tried, why));
        }
        List<NodeMachine> all = machines();
        all.forEach(one -> one.awaitBoot(Duration.ofSeconds(1)));
        return all;
    }

    /**
     * Ends an instance's machine at once, as when its host fails. A moment later its instance is terminated, too.
     *
     * @param instanceId the instance
     * @throws TestbedException if it has no machine
     */
    public void kill(String instanceId) {
        NodeMachine machine = machine(instanceId);
        timeline.say(instanceId + " is killed");
        machine.kill();
    }

    /**
     * Tells a machine by its metadata service that EC2 takes it back in two minutes, as it does with spot instances. Whoever plays EC2 terminates the instance then.
     *
     * @param instanceId the instance
     * @throws TestbedException if it has no machine
     */
    public void interrupt(String instanceId) {
        metadata.interrupt(machine(instanceId).instance().id());
    }

    /**
     * Loses what is on a disk: the volume stays, and is blank. A machine that has it is killed with it.
     *
     * @param volumeId a volume that a machine has or had
     * @throws IllegalArgumentException if none did
     */
    public void lose(String volumeId) {
        disks.lose(network(), volumeId);
    }

    /**
     * Lets this host reach a name of the VPC, such as a load balancer's.
     *
     * @param name a load balancer's name, or one of a hosted zone
     * @param port the port there
     * @return a port of this host's loopback address that leads there, as long as the fleet is open
     * @throws TestbedException if nothing has this name
     */
    public int expose(String name, int port) {
        return network().expose(address(name), port);
    }

    /**
     * The address of a name of the VPC.
     *
     * @param name a load balancer's name, or one of a hosted zone
     * @return its first address
     * @throws TestbedException if nothing has this name
     */
    public String address(String name) {
        return Optional.ofNullable(last)
                .flatMap(view -> Optional.ofNullable(view.names().get(name)))
                .flatMap(all -> all.stream().findFirst())
                .orElseThrow(() -> failure("Find the address of " + name, "nothing has this name"));
    }

    /**
     * Opens a way for clients of this host that shall use the VPC's names, such as one with a kubeconfig whose server is a load balancer's name.
     *
     * @return an HTTP proxy for {@code HTTPS_PROXY}, or a kubeconfig's {@code proxy-url}
     */
    public URI proxy() {
        return network().proxy();
    }

    /**
     * The network that the machines are in. It is made when the first instance starts.
     *
     * @return the network, which the fleet closes
     * @throws TestbedException if there is none yet
     */
    public NodeMachines network() {
        return Optional.ofNullable(network)
                .orElseThrow(() -> failure("Reach the network of the machines", "no instance has started yet"));
    }

    /**
     * What happened, one line each with its time (UTC), and at the end what does not succeed at this moment.
     *
     * @return a copy
     */
    public List<String> timeline() {
        List<String> all = new ArrayList<>(timeline.lines());
        timeline.problems().forEach(problem -> all.add("now: " + problem));
        return all;
    }

    /** Ends all machines and their network. What the emulator has stays. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        end(loop);
        end(workers);
        Optional.ofNullable(network).ifPresent(NodeMachines::close);
        clients.close();
    }

    /** Names the VPC, the machines and what does not succeed. */
    @Override
    public String toString() {
        return "NodeFleet[" + Optional.ofNullable(last).map(VpcView::id).orElse("no VPC yet") + ", " + machines() + ", "
                + timeline.problems() + "]";
    }

    // --- the loop ---

    private void live() {
        do {
            round();
        } while (!Waiting.until(() -> closed, PAUSE));
    }

    private void round() {
        timeline.attempt("look at " + aws.uri(), () -> reader.look().ifPresent(this::tend));
    }

    private void tend(VpcView view) {
        last = view;
        if (network == null && view.instances().isEmpty()) {
            return;
        }
        NodeMachines here = network(view);
        hosted.values().forEach(one -> followEnd(view, one));
        view.instances().values().forEach(one -> follow(here, view, one));
        List<NodeMachine> running = machines();
        for (NodeMachine machine : running) {
            Hosted owner = hosted.get(machine.instance().id());
            if (owner != null && !owner.leaves) {
                disks.tend(here, view, machine, running);
                timeline.attempt(
                        "tell " + machine.instance().id() + " about itself", () -> metadata.tell(view, machine));
            }
        }
        timeline.attempt("forget deleted volumes", () -> disks.forget(here, view));
        balancers.tend(here, view);
    }

    private NodeMachines network(VpcView view) {
        NodeMachines here = network;
        if (here == null) {
            here = NodeMachines.start(view.cidr(), view.subnetCidrs(), surroundings);
            network = here;
            here.admit(NodeMachines.OUTSIDE, EMULATOR.getPort(), aws.uri());
            timeline.say("the network of " + view.id() + " is there: " + view.subnetCidrs());
        }
        view.subnetCidrs().forEach(here::subnet);
        return here;
    }

    /** An instance takes its machine along, and a machine its instance. */
    private void followEnd(VpcView view, Hosted one) {
        String id = one.instance.instanceId();
        NodeMachine machine = one.machine;
        if (machine == null || one.ended) {
            return;
        }
        boolean alive = view.instances().containsKey(id);
        if ((!alive || !machine.isRunning()) && one.youngest == 0) {
            one.youngest = numbers.get();
        }
        if (!machine.isRunning()) {
            if (alive) {
                timeline.attempt("terminate " + id + ", whose machine has ended", () -> {
                    timeline.say(id + " has lost its machine");
                    clients.ec2().terminateInstances(request -> request.instanceIds(id));
                    one.ended = true;
                });
            } else {
                one.ended = true;
            }
        } else if (!alive && !one.leaves) {
            one.leaves = true;
            timeline.say(id + " is terminated");
            workers.execute(() -> timeline.attempt("power off " + id, () -> {
                boolean off = machine.stop(POWER_OFF);
                one.ended = true;
                timeline.say(id + (off ? " is off" : " did not go off by itself"));
            }));
        }
    }

    private void follow(NodeMachines here, VpcView view, Instance instance) {
        String id = instance.instanceId();
        if (hosted.containsKey(id)) {
            return;
        }
        if (hosted.values().stream().anyMatch(other -> other.holds(instance.privateIpAddress()))) {
            // Its predecessor still has the address; EC2 would not have given it away yet.
            return;
        }
        Hosted one = new Hosted(instance, numbers.incrementAndGet());
        hosted.put(id, one);
        if (seen.add(id)) {
            timeline.say(id + " starts with " + instance.privateIpAddress() + " " + name(instance));
        }
        workers.execute(() -> {
            if (!timeline.attempt("start " + id, () -> one.machine = here.start(metadata.describe(view, instance)))) {
                // The next round tries again.
                hosted.remove(id, one);
            } else {
                timeline.say(id + " has its machine");
            }
        });
    }

    // --- small things ---

    private List<NodeMachine> machines(Predicate<Hosted> chosen) {
        return hosted.values().stream()
                .filter(chosen)
                .sorted(Comparator.comparingInt((Hosted one) -> one.number))
                .flatMap(one -> one.running().stream())
                .toList();
    }

    private static String tag(Instance instance, String key) {
        return instance.tags().stream()
                .filter(tag -> tag.key().equals(key))
                .map(Tag::value)
                .findFirst()
                .orElse("");
    }

    private static String name(Instance instance) {
        String name = tag(instance, "Name");
        return name.isEmpty() ? tag(instance, GROUP) : name;
    }

    private void await(String tried, Duration limit, BooleanSupplier condition) {
        if (!Waiting.until(condition, limit)) {
            throw failure(tried, "it is not there after " + limit.toSeconds() + " s");
        }
    }

    private TestbedException failure(String tried, String why) {
        Map<String, String> context = new LinkedHashMap<>();
        context.put("emulator", aws.uri().toString());
        return new TestbedException(
                tried,
                why + ". What happened to the fleet:" + System.lineSeparator()
                        + String.join(System.lineSeparator(), timeline()) + System.lineSeparator(),
                "Look at what the emulator has, and at its tags",
                context,
                null);
    }

    private static void end(ExecutorService service) {
        service.shutdown();
        try {
            if (!service.awaitTermination(LAST_WORK.toSeconds(), TimeUnit.SECONDS)) {
                service.shutdownNow();
            }
        } catch (InterruptedException e) {
            service.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private static ThreadFactory threads(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
