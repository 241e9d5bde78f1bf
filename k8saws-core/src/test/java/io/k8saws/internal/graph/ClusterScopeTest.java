package io.k8saws.internal.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.plan.ResourceAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A scope names and tags what belongs to a cluster")
class ClusterScopeTest {
    private static final ClusterScope PAYMENTS = scope("payments");
    private static final ResourceAddress SUBNET = new ResourceAddress("subnet", "public-eu-west-1a");

    /** Every name that the library makes of a cluster and of a name within it. */
    private static final Map<String, Function<Named, String>> NAMES = new TreeMap<>(Map.of(
            "bucket", named -> named.scope().bucket(),
            "group", named -> named.scope().qualified(named.name(), 255),
            "template", named -> named.scope().qualified(named.name(), 128),
            "balancer", named -> named.scope().hyphenated(named.name(), 32),
            "rule", named -> named.scope().hyphenated(named.name(), 64),
            "queue", named -> named.scope().hyphenated(named.name(), 80),
            "role", named -> named.scope().iamName(named.name())));

    private static ClusterScope scope(String cluster) {
        return new ClusterScope(cluster, "111122223333", "eu-west-1", "aws");
    }

    private record Named(ClusterScope scope, String name) {}

    /** The rule for the names of clusters and pools. */
    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .withCharRange('0', '9')
                .withChars('-')
                .ofMinLength(1)
                .ofMaxLength(32)
                .map(text -> "a" + text.substring(1))
                .filter(text -> !text.endsWith("-"));
    }

    @Provide
    Arbitrary<ClusterScope> scopes() {
        return Combinators.combine(
                        names(),
                        Arbitraries.of("111122223333", "444455556666"),
                        Arbitraries.of("eu-west-1", "ap-southeast-2", "us-gov-west-1"))
                .as((cluster, account, region) -> new ClusterScope(cluster, account, region, "aws"));
    }

    @Property
    void namesFitAwssLimits(@ForAll("scopes") ClusterScope scope, @ForAll("names") String name) {
        // S3, EC2, Elastic Load Balancing, EventBridge, SQS and IAM API references, one limit and alphabet each
        assertThat(scope.bucket()).matches("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]");
        assertThat(scope.qualified(name, 255)).matches("[a-zA-Z0-9._-]{1,255}");
        assertThat(scope.qualified(name, 128)).matches("[a-zA-Z0-9._-]{3,128}");
        assertThat(scope.hyphenated(name, 32)).matches("[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?");
        assertThat(scope.hyphenated("api", 32)).doesNotStartWith("internal-");
        assertThat(scope.hyphenated(name, 64)).matches("[A-Za-z0-9._-]{1,64}");
        assertThat(scope.hyphenated(name, 80)).matches("[A-Za-z0-9_-]{1,80}");
        assertThat(scope.iamName(name)).matches("[A-Za-z0-9+=,.@_-]{1,64}");
        assertThat(scope.iamPath()).matches("/[!-~]{1,510}/");
    }

    @Property
    void differentClustersOfAnAccountNeverShareAName(
            @ForAll("names") String one, @ForAll("names") String other, @ForAll("names") String name) {
        if (!one.equals(other)) {
            NAMES.forEach((kind, of) -> assertThat(of.apply(new Named(scope(one), name)))
                    .as(kind)
                    .isNotEqualTo(of.apply(new Named(scope(other), name))));
        }
    }

    @Property
    void namesThatReadAlikeDoNotCollide(@ForAll("names") String cluster, @ForAll("names") String name) {
        NAMES.forEach((kind, of) -> {
            if (!kind.equals("bucket")) {
                assertThat(of.apply(new Named(scope(cluster), name + "-x")))
                        .as(kind)
                        .isNotEqualTo(of.apply(new Named(scope("x-" + cluster), name)));
            }
        });
    }

    @Test
    void namesThatTheWholeWorldOrAnAccountSharesCarryThePlace() {
        Set<String> buckets = new HashSet<>();
        Set<String> roles = new HashSet<>();
        for (String region : List.of("eu-west-1", "eu-west-2")) {
            for (String account : List.of("111122223333", "444455556666")) {
                ClusterScope scope = new ClusterScope("payments", account, region, "aws");
                buckets.add(scope.bucket());
                roles.add(scope.iamPath() + scope.iamName("nodes"));
            }
        }

        assertThat(buckets).hasSize(4);
        assertThat(roles).hasSize(2);
    }

    @Test
    void namesArePinned() { // another name would lose track of every cluster that there is
        assertThat(PAYMENTS.bucket()).isEqualTo("k8saws-payments-3651e31e");
        assertThat(PAYMENTS.hyphenated("api", 32)).isEqualTo("api-payments-c7e722");
        assertThat(PAYMENTS.qualified("general", 255)).isEqualTo("general.payments");
        assertThat(PAYMENTS.iamName("nodes")).isEqualTo("nodes.payments.eu-west-1");
        assertThat(PAYMENTS.iamPath()).isEqualTo("/k8saws/eu-west-1/payments/");
        assertThat(PAYMENTS.arn("sqs", "q")).isEqualTo("arn:aws:sqs:eu-west-1:111122223333:q");
        assertThat(PAYMENTS.arn("iam", "role/r")).isEqualTo("arn:aws:iam::111122223333:role/r");
    }

    @Test
    void tagsComeBack() {
        Map<String, String> wanted = Map.of("team", "pay");
        Map<String, String> tags = PAYMENTS.tagsOf(SUBNET, wanted);

        assertThat(tags)
                .containsOnly(
                        Map.entry("Name", "public-eu-west-1a.payments"),
                        Map.entry("KubernetesCluster", "payments"),
                        Map.entry("kubernetes.io/cluster/payments", "owned"),
                        Map.entry("k8saws.io/resource", "subnet/public-eu-west-1a"),
                        Map.entry("team", "pay"));
        assertThat(PAYMENTS.addressIn(tags)).contains(SUBNET);
        assertThat(PAYMENTS.ownTags(tags)).isEqualTo(wanted);
    }

    @Test
    void tagsOfAwsAreNobodysWish_andAnotherNameIs() {
        Map<String, String> tags = new TreeMap<>(PAYMENTS.tagsOf(SUBNET, Map.of()));
        tags.put("aws:autoscaling:groupName", "g");
        tags.put("Name", "renamed");

        assertThat(PAYMENTS.ownTags(tags)).containsOnly(Map.entry("Name", "renamed"));
    }

    @Test
    void anotherClustersResourceHasNoAddressHere() {
        assertThat(scope("shop").addressIn(PAYMENTS.tagsOf(SUBNET, Map.of()))).isEmpty();
        assertThat(PAYMENTS.addressIn(Map.of("k8saws.io/resource", "subnet/a"))).isEmpty();
        assertThat(PAYMENTS.addressIn(
                        Map.of("k8saws.io/resource", "subnet/a", "kubernetes.io/cluster/payments", "shared")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "subnet", "/a", "subnet/", " / ", "subnet\n"})
    void aSpoiltAddressIsNone(String text) {
        Map<String, String> tags = new TreeMap<>(PAYMENTS.tagsOf(SUBNET, Map.of()));
        tags.put("k8saws.io/resource", text);

        assertThat(PAYMENTS.addressIn(tags)).isEmpty();
        assertThat(PAYMENTS.ownTags(tags)).containsOnlyKeys("Name");
    }
}
