package io.k8saws.samples;

import io.k8saws.Cluster;
import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.NatMode;
import io.k8saws.cluster.Topology;
import io.k8saws.error.K8sAwsException;
import io.k8saws.plan.Plan;
import io.k8saws.samples.QuickstartArguments.StopAfter;
import io.k8saws.samples.QuickstartArguments.WrongArgumentException;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.Testbed;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The whole life of a cluster, told step by step: plan, apply, plan again, change, a colleague who changes a security group by hand, drift, repair, destroy.
 * {@code ./quickstart} runs it. It only ever talks to an emulator.
 */
public final class Quickstart {
    private static final String REGION = "eu-west-1";

    private final QuickstartArguments arguments;
    private final AwsEndpoint endpoint;
    private final Story story;

    private Quickstart(QuickstartArguments arguments, AwsEndpoint endpoint, Story story) {
        this.arguments = arguments;
        this.endpoint = endpoint;
        this.story = story;
    }

    /**
     * Runs the story. Exits with 1 when something goes wrong and with 2 when an argument is.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        try {
            QuickstartArguments arguments = QuickstartArguments.parse(List.of(args));
            if (arguments.help()) {
                System.out.print(QuickstartArguments.HELP);
                return 0;
            }
            if (arguments.boot()) {
                BootStory.tell(arguments.name().orElse("quickstart"), System.out);
                return 0;
            }
            ClusterSpec spec = spec(arguments);
            try (AwsEndpoint endpoint = Testbed.moto()) {
                OnlyEmulators.require(endpoint);
                new Quickstart(arguments, endpoint, new Story(System.out)).tell(spec);
            }
            return 0;
        } catch (WrongArgumentException e) {
            System.err.println("quickstart: " + e.getMessage() + "; ./quickstart --help tells all");
            return 2;
        } catch (K8sAwsException e) {
            System.err.println(System.lineSeparator() + "quickstart: " + e.getMessage());
            return 1;
        }
    }

    private void tell(ClusterSpec spec) {
        AwsAccess access = story.counted(endpoint.access(spec.region()));
        try (K8sAws k8s = K8sAws.connect(access)) {
            story.begin(spec, endpoint.uri());

            story.chapter("Plan: what would it take?");
            Plan plan = story.planned(() -> k8s.plan(spec));
            Path page = Path.of("k8saws-plan.html").toAbsolutePath();
            plan.saveHtml(page);
            story.say("The whole plan with a drawing: " + page);
            if (arguments.stopAfter() == StopAfter.PLAN) {
                return;
            }

            story.chapter("Apply");
            story.applied(k8s, plan);
            if (arguments.stopAfter() == StopAfter.APPLY) {
                story.say("The cluster stands at " + endpoint.uri()
                        + " for as long as that emulator runs: one that was started here"
                        + " ends with this program, one that K8SAWS_AWS_ENDPOINT names does not.");
                return;
            }

            story.chapter("Plan again: nothing to do");
            story.planned(() -> k8s.plan(spec)).requireEmpty();

            Cluster cluster = k8s.cluster(spec.name());
            story.chapter("Change: " + change(spec));
            story.applied(k8s, story.planned(() -> cluster.plan(Quickstart::changed)));

            story.chapter("A colleague changes a security group by hand");
            try (Colleague colleague = new Colleague(endpoint, spec.region())) {
                colleague.changesSecurityGroup(spec.name()).forEach(story::say);
            }
            Cluster changed = k8s.cluster(spec.name());

            story.chapter("Drift: what differs, and whose is it?");
            story.looked(changed::drift);

            story.chapter("Repair");
            story.applied(k8s, changed.planRepair());
            story.say(
                    "What the spec asks for is back. What is not ours is reported, and nobody but its owner removes it:");
            story.looked(changed::drift);

            story.chapter("Destroy");
            story.applied(k8s, story.planned(changed::planDestroy));
            k8s.planDestroy(spec.name()).requireEmpty();
            story.end(spec.name());
        }
    }

    private static ClusterSpec spec(QuickstartArguments arguments) {
        if (arguments.spec().isPresent()) {
            ClusterSpec spec = ClusterSpec.fromYaml(arguments.spec().get());
            return arguments.name().map(name -> spec.with(s -> s.name(name))).orElse(spec);
        }
        ClusterSpec.Builder spec = ClusterSpec.builder()
                .name(arguments.name().orElse("quickstart"))
                .region(REGION)
                .network(n -> n.zones(REGION + "a", REGION + "b", REGION + "c"));
        IntStream.rangeClosed(1, arguments.pools())
                .forEach(i -> spec.addNodePool(p -> p.name(i == 1 ? "general" : "pool-" + i)
                        .instanceTypes("m6i.xlarge", "m5.xlarge")
                        .minSize(3)
                        .maxSize(6)));
        return spec.build();
    }

    /** One more pool of spot nodes, one NAT gateway for all zones, and twice as many nodes in the first pool. */
    private static ClusterSpec changed(ClusterSpec spec) {
        ClusterSpec more = spec.plusNodePool(p -> p.name("extra-spot")
                .instanceTypes("c6i.xlarge", "c5.xlarge")
                .spot()
                .minSize(0)
                .maxSize(9));
        ClusterSpec cheaper = sharesNat(spec) ? more.withNetwork(n -> n.nat(NatMode.SINGLE)) : more;
        return spec.nodePools().stream()
                .findFirst()
                .map(first -> cheaper.withNodePool(first.name(), p -> p.maxSize(2 * Math.max(1, first.maxSize()))))
                .orElse(cheaper);
    }

    private static String change(ClusterSpec spec) {
        return "one more pool"
                + (sharesNat(spec) ? ", one NAT gateway for all zones" : "")
                + spec.nodePools().stream()
                        .findFirst()
                        .map(first -> ", " + first.name() + " may grow")
                        .orElse("");
    }

    private static boolean sharesNat(ClusterSpec spec) {
        return spec.network().topology() == Topology.PRIVATE
                && spec.network().nat() == NatMode.PER_ZONE
                && spec.network().zones().size() > 1;
    }
}
