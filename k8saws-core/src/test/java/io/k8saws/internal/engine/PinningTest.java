package io.k8saws.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.bootstrap.AssetSums;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.Pins;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import io.k8saws.internal.blueprint.MadeUp;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.machine.ImageQuery;
import io.k8saws.internal.resource.ImageSource;
import io.k8saws.internal.resource.Reading;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PinningTest {
    private static final ClusterScope SCOPE = new ClusterScope("payments", "123456789012", "eu-west-1", "aws");
    private static final String UBUNTU =
            "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id";
    private static final String DEBIAN_ARM = "/aws/service/debian/release/12/latest/arm64";
    private static final String NODES = "name:444455556666/nodes-*";
    private static final String ID = "ami-0123456789abcdef0";

    /** A region in which each parameter is, or just some, and each search finds one image; remembers what it was asked. */
    private static final class Region implements ImageSource {
        private final List<String> asked = new ArrayList<>();
        private Function<String, Optional<String>> values = name -> Optional.of(MadeUp.image("ssm:" + name));
        private Function<ImageQuery.Newest, Optional<Image>> images =
                query -> Optional.of(new Image(MadeUp.image(query.pin()), "/dev/xvda"));

        @Override
        public Map<String, String> parameters(List<String> names) {
            asked.add(names.size() <= 2 ? String.join(" ", names) : names.size() + " names");
            Map<String, String> found = new HashMap<>();
            names.forEach(name -> values.apply(name).ifPresent(value -> found.put(name, value)));
            return found;
        }

        @Override
        public Optional<Image> newest(ImageQuery.Newest query) {
            asked.add(query.pin());
            return images.apply(query);
        }
    }

    private static ClusterSpec spec(UnaryOperator<ClusterSpec.Builder> more) {
        return more.apply(ClusterSpec.builder()
                        .name("payments")
                        .region("eu-west-1")
                        .network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c")))
                .build();
    }

    private static ClusterSpec.Builder pool(ClusterSpec.Builder spec, String name, String type, String image) {
        return spec.addNodePool(
                p -> p.name(name).instanceTypes(type).image(image).rootDevice("/dev/xvda"));
    }

    static Stream<Arguments> questions() {
        return Stream.of(
                arguments(
                        "one parameter for all groups",
                        spec(b -> b),
                        List.of(),
                        List.of(UBUNTU),
                        List.of("ssm:" + UBUNTU)),
                arguments(
                        "another architecture is another parameter of the same call",
                        spec(b -> pool(b, "arm", "m7g.large", "debian-12")),
                        List.of(),
                        List.of(UBUNTU + " " + DEBIAN_ARM),
                        List.of("ssm:" + UBUNTU, "ssm:" + DEBIAN_ARM)),
                arguments(
                        "a bastion that there is",
                        spec(b -> b.access(a -> a.sshPublicKey(
                                        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJXn2oHnRXRNTBNdYbLuAh8kpxGcCYpUjdSUYE0gOEh4 ops")
                                .bastion(x -> x.allowedCidrs("203.0.113.0/24").image("ssm:/acme/bastion")))),
                        List.of(),
                        List.of(UBUNTU + " /acme/bastion"),
                        List.of("ssm:" + UBUNTU, "ssm:/acme/bastion")),
                arguments(
                        "no etcd machines, no bastion",
                        spec(b -> b.etcd(e -> e.stacked().image("ssm:/acme/etcd"))
                                .access(a -> a.bastion(x -> x.image("ssm:/acme/bastion"))
                                        .ssm())),
                        List.of(),
                        List.of(UBUNTU),
                        List.of("ssm:" + UBUNTU)),
                arguments(
                        "ten names a call",
                        IntStream.range(0, 20)
                                .boxed()
                                .reduce(
                                        spec(b -> b),
                                        (spec, i) -> pool(spec.toBuilder(), "p-" + i, "m6i.large", "ssm:/acme/" + i)
                                                .build(),
                                        (one, other) -> other),
                        List.of(),
                        List.of("10 names", "10 names", "/acme/19"),
                        Stream.concat(
                                        Stream.of("ssm:" + UBUNTU),
                                        IntStream.range(0, 20).mapToObj(i -> "ssm:/acme/" + i))
                                .toList()),
                arguments(
                        "the same search once",
                        spec(b -> pool(pool(b, "a", "m6i.large", NODES), "b", "c6i.large", NODES)),
                        List.of(),
                        List.of(NODES + " x86_64", UBUNTU),
                        List.of("ssm:" + UBUNTU, NODES + " x86_64")),
                arguments(
                        "the same search for another architecture is another",
                        spec(b -> pool(pool(b, "a", "m6i.large", NODES), "b", "c6g.large", NODES)),
                        List.of("ssm:" + UBUNTU),
                        List.of(NODES + " x86_64", NODES + " arm64"),
                        List.of("ssm:" + UBUNTU, NODES + " x86_64", NODES + " arm64")),
                arguments(
                        "what is pinned is not asked, what is no longer needed goes",
                        spec(b -> pool(b, "a", "m6i.large", NODES)),
                        List.of("ssm:" + UBUNTU, NODES + " x86_64", "ssm:/acme/former"),
                        List.of(),
                        List.of("ssm:" + UBUNTU, NODES + " x86_64")),
                arguments(
                        "an id is not asked",
                        spec(b -> pool(b, "a", "m6i.large", ID)
                                .controlPlane(c -> c.image(ID))
                                .etcd(e -> e.image(ID))),
                        List.of("ssm:" + UBUNTU),
                        List.of(),
                        List.of()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("questions")
    void asksOnceForWhatNoFormerPlanHasPinned(
            String why, ClusterSpec spec, List<String> former, List<String> asked, List<String> pinned) {
        Region region = new Region();
        Pins known = new Pins(former.stream().collect(Collectors.toMap(pin -> pin, pin -> "ami-known")));

        Pins pins = pins(spec, known, region);

        assertThat(region.asked).containsExactlyElementsOf(asked);
        assertThat(images(pins))
                .isEqualTo(pinned.stream()
                        .collect(Collectors.toMap(
                                pin -> pin, pin -> former.contains(pin) ? "ami-known" : MadeUp.image(pin))));
        assertThat(pins(spec, pins, region)).as("a second plan").isEqualTo(pins);
        assertThat(region.asked).as("after a second plan").containsExactlyElementsOf(asked);
    }

    @Test
    void newImagesAreAskedFor_andTheHashesStay() {
        ClusterSpec spec = spec(b -> pool(b, "a", "m6i.large", NODES));
        Region region = new Region();
        Pins former = pins(spec, Pins.none(), region);
        region.asked.clear();
        region.values = name -> Optional.of(ID);

        Pins newer = pins(spec, Pinning.withoutImages(spec, former), region);

        assertThat(region.asked).containsExactly(NODES + " x86_64", UBUNTU);
        Map<String, String> expected = new HashMap<>(former.values());
        expected.put("ssm:" + UBUNTU, ID);
        assertThat(newer.values()).isEqualTo(expected);
    }

    @Test
    void allThatCannotBeHadIsNamed_withPathAndRegionAndWhatToDo() {
        ClusterSpec spec = spec(b -> pool(
                pool(pool(b, "gone", "m6i.large", "ssm:/acme/gone"), "json", "m6i.large", "ssm:/acme/json"),
                "none",
                "m6i.large",
                "name:self/none-*"));
        Region region = new Region();
        region.values = name -> switch (name) {
            case "/acme/gone" -> Optional.empty();
            case "/acme/json" -> Optional.of("{\"secret\": 1}");
            default -> Optional.of(ID);
        };
        region.images = query -> Optional.empty();

        InvalidSpecException refused = refused(spec, region);

        assertThat(refused.violations())
                .extracting(Violation::path, Violation::problem)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "nodePools[gone].image", "there is no parameter /acme/gone in eu-west-1"),
                        org.assertj.core.groups.Tuple.tuple(
                                "nodePools[json].image",
                                "the parameter /acme/json in eu-west-1 does not hold the id of an image"),
                        org.assertj.core.groups.Tuple.tuple(
                                "nodePools[none].image",
                                "owner self has no available x86_64 image 'none-*' in eu-west-1 that account 123456789012 may use"));
        assertThat(refused).hasMessageContaining("cluster payments").hasMessageNotContaining("secret");
        assertThat(refused.violations()).allSatisfy(violation -> assertThat(violation.fix())
                .containsAnyOf("ami-", "aws ec2 describe-images --owners self"));
    }

    @Test
    void anImageWhoseRootDeviceIsAnotherIsRefused_becauseItsRootWouldKeepTheImagesSize() {
        ClusterSpec spec = spec(b -> b.etcd(e -> e.image(NODES)));
        String id = MadeUp.image(NODES + " x86_64");

        assertThat(refused(spec, new Region()).violations())
                .containsExactly(new Violation(
                        "etcd.rootDevice",
                        "it is taken to be /dev/sda1, but the root device of " + id + ", which " + NODES
                                + " x86_64 finds in eu-west-1, is /dev/xvda",
                        "write /dev/xvda"));
        assertThat(images(pins(spec.withEtcd(e -> e.rootDevice("/dev/xvda")), Pins.none(), new Region())))
                .containsEntry(NODES + " x86_64", id);
    }

    private static Pins pins(ClusterSpec spec, Pins former, Region region) {
        try (GuardedClients aws =
                GuardedClients.open(AwsAccess.of("eu-west-1"), ResiliencePolicy.defaults(), Sleeper.system())) {
            return new Pinning(AssetSums.madeUp(), region)
                    .of(spec, former, new Reading(aws, SCOPE, Set.of(), Clock.systemUTC()));
        }
    }

    private static InvalidSpecException refused(ClusterSpec spec, Region region) {
        return java.util.Objects.requireNonNull(
                catchThrowableOfType(InvalidSpecException.class, () -> pins(spec, Pins.none(), region)));
    }

    private static Map<String, String> images(Pins pins) {
        return pins.values().entrySet().stream()
                .filter(pin -> pin.getKey().startsWith("ssm:") || pin.getKey().startsWith("name:"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
