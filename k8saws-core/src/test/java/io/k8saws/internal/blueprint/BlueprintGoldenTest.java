package io.k8saws.internal.blueprint;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.DnsKind;
import io.k8saws.cluster.Golden;
import io.k8saws.cluster.SampleSpecs;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Fields;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.Resource;
import io.k8saws.internal.graph.ResourceGraph;
import io.k8saws.internal.resource.ResourceKinds;
import io.k8saws.plan.ResourceAddress;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole clusters as files to look at: every resource, what it waits for, and its fields. Write them anew with {@code -Dgolden.update=true}. */
@DisplayName("A blueprint lists as its golden file")
class BlueprintGoldenTest {
    static Stream<ClusterSpec> specs() {
        return Stream.of(
                SampleSpecs.payments().build(),
                SampleSpecs.shop().build(),
                SampleSpecs.lab().build(),
                SampleSpecs.everyProperty(),
                SampleSpecs.payments()
                        .name("market")
                        .etcd(etcd -> etcd.members(5).events(events -> {}))
                        .network(n -> n.nat(io.k8saws.cluster.NatMode.SINGLE))
                        .api(api -> api.allowedCidrs("203.0.113.0/24"))
                        .access(access -> access.bastion(b -> b.allowedCidrs("203.0.113.0/24"))
                                .sshPublicKey(SampleSpecs.SSH_KEY))
                        .build());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void lists(ClusterSpec spec) throws IOException {
        Golden.assertMatches("blueprint-" + spec.name() + ".txt", listing(graph(spec)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void everyResourceHasAKindThatKnowsItsFields_andAPlaceInTheSpec(ClusterSpec spec) {
        assertThat(graph(spec).inOrder()).allSatisfy(resource -> {
            assertThat(ResourceKinds.all().named(resource.address().kind()).attributes())
                    .isEqualTo(resource.attributes().getClass());
            assertThat(resource.specPath()).isNotBlank();
        });
    }

    @Test
    void noResourceIsThereForAPartOfTheSpecThatIsNotWritten() {
        ClusterSpec bare = ClusterSpec.builder()
                .name("bare")
                .region("eu-west-1")
                .network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c"))
                .build();

        assertThat(graph(bare).inOrder())
                .isNotEmpty()
                .extracting(Resource::specPath)
                .noneMatch(path -> path.startsWith("nodePools") || path.startsWith("permissionsBoundary"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void theSpecsTagsAreOnEverythingThatTakesTags(ClusterSpec spec) {
        ClusterSpec tagged = spec.toBuilder().putTag("cost", "42").build();

        assertThat(graph(tagged).inOrder())
                .filteredOn(
                        resource -> Stream.of(resource.attributes().getClass().getRecordComponents())
                                .anyMatch(component -> component.getName().equals("tags")))
                .isNotEmpty()
                .allSatisfy(resource -> assertThat(Fields.flat(resource.attributes(), Ref::toString))
                        .containsEntry("tags[cost]", "42"));
    }

    static ResourceGraph graph(ClusterSpec spec) {
        return Blueprint.of(spec, scope(spec), MadeUp.surroundings(spec, zone(spec)));
    }

    static ClusterScope scope(ClusterSpec spec) {
        return new ClusterScope(spec.name(), "111122223333", spec.region(), "aws");
    }

    private static Optional<String> zone(ClusterSpec spec) {
        return spec.dns().kind() == DnsKind.PUBLIC
                ? spec.dns().hostedZoneId().or(() -> Optional.of("Z00000000000000000001"))
                : Optional.empty();
    }

    /** The list of files and the variables; what follows is the same in all user data. */
    private static List<String> ownLines(String userData) {
        return userData.lines()
                .takeWhile(line -> !line.startsWith("# ----"))
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static String listing(ResourceGraph graph) {
        StringBuilder text = new StringBuilder(graph.size() + " resources\n");
        for (Resource resource : graph.inOrder()) {
            text.append('\n').append(resource.address()).append("  <- ").append(resource.specPath());
            text.append('\n');
            Fields.flat(resource.attributes(), Ref::toString).forEach((field, value) -> {
                List<String> lines = field.equals("userData")
                        ? ownLines(value)
                        : value.replace("},{\"", "},\n{\"").lines().toList();
                text.append("  ").append(field).append(": ").append(lines.size() > 1 ? "" : value);
                text.append('\n');
                if (lines.size() > 1) {
                    lines.forEach(line -> text.append("    | ").append(line).append('\n'));
                }
            });
            for (ResourceAddress after : new TreeSet<>(resource.after())) {
                text.append("  after ").append(after).append('\n');
            }
            for (ResourceAddress held : new TreeSet<>(resource.holds())) {
                text.append("  holds ").append(held).append('\n');
            }
        }
        return text.toString();
    }
}
