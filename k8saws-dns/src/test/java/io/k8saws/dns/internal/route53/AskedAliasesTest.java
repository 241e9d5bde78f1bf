package io.k8saws.dns.internal.route53;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.dns.alias.AliasTargets;
import io.k8saws.dns.alias.AliasTargets.AliasTarget;
import io.k8saws.dns.record.Cause;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.record.EndpointOptions;
import io.k8saws.dns.record.EndpointOptions.AliasWish;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.AwsCallException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class AskedAliasesTest {
    private static final String WEB = "web-1.eu-west-1.elb.amazonaws.com";
    private static final String OLD = "old-2.eu-west-1.elb.amazonaws.com";
    private static final String NET = "net-3.elb.eu-west-1.amazonaws.com";
    private static final String FAR = "far-4.us-east-1.elb.amazonaws.com";
    private static final String ENDPOINT = "vpce-0123456789abcdef0-aa11.ec2.eu-west-1.vpce.amazonaws.com";

    private final World world = new World();
    private final AskedAliases aliases = new AskedAliases(world, "eu-west-1", AliasTargets.byName());

    /** AWS as far as it is asked here. It notes each question. */
    private static final class World implements TargetCalls {
        private final Map<DnsName, AliasTarget> balancers = new HashMap<>();
        private final Map<DnsName, AliasTarget> classic = new HashMap<>();
        private final Map<DnsName, AliasTarget> endpoints = new HashMap<>();
        private final List<String> questions = new ArrayList<>();
        private Optional<Supplier<AwsCallException>> failure = Optional.empty();

        @Override
        public Map<DnsName, AliasTarget> balancers() {
            return answer("balancers", balancers);
        }

        @Override
        public Map<DnsName, AliasTarget> classicBalancers() {
            return answer("classic", classic);
        }

        @Override
        public Map<DnsName, AliasTarget> endpoints(Set<String> ids) {
            return answer("endpoints " + ids, endpoints);
        }

        private Map<DnsName, AliasTarget> answer(String question, Map<DnsName, AliasTarget> answer) {
            questions.add(question);
            if (failure.isPresent()) {
                throw failure.get().get();
            }
            return answer;
        }
    }

    private static Endpoint to(String host, AliasWish wish) {
        return new Endpoint(
                DnsName.of("www.example.com"),
                RecordType.CNAME,
                List.of(host),
                Optional.empty(),
                Optional.empty(),
                new RoutingPolicy.Simple(),
                Optional.empty(),
                EndpointOptions.defaults().withAlias(wish),
                new Cause("program", "", "test", "records"));
    }

    private void learn(String... hosts) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (String host : hosts) {
            endpoints.add(to(host, AliasWish.AUTO));
        }
        aliases.learn(aliases.unknown(endpoints));
    }

    private Optional<AliasTarget> find(String host) {
        return aliases.find(DnsName.of(host));
    }

    @Test
    void oneQuestionTellsOfAllLoadBalancersAndNoneIsAskedTwice() {
        world.balancers.put(DnsName.of(WEB), new AliasTarget("ZWEB", true));
        world.balancers.put(DnsName.of(NET), new AliasTarget("ZNET", false));

        learn(WEB, NET, "dualstack." + WEB);
        learn(WEB, NET);

        assertThat(world.questions).containsExactly("balancers");
        assertThat(find(WEB)).contains(new AliasTarget("ZWEB", true));
        assertThat(find("dualstack." + WEB)).contains(new AliasTarget("ZWEB", true));
        assertThat(find(NET)).contains(new AliasTarget("ZNET", false));
    }

    @Test
    void classicOnesAreAskedForWhenTheOthersDoNotHaveAName() {
        world.classic.put(DnsName.of(OLD), new AliasTarget("ZOLD", false));

        learn(OLD);

        assertThat(world.questions).containsExactly("balancers", "classic");
        assertThat(find(OLD)).contains(new AliasTarget("ZOLD", false));
    }

    @Test
    void endpointsAreAskedForByTheirIds() {
        world.endpoints.put(DnsName.of(ENDPOINT), new AliasTarget("ZVPCE", true));

        learn(ENDPOINT);

        assertThat(world.questions).containsExactly("endpoints [vpce-0123456789abcdef0]");
        assertThat(find(ENDPOINT)).contains(new AliasTarget("ZVPCE", true));
    }

    @Test
    void whatIsOfAnotherRegionOrOfNobodyIsNotAskedFor() {
        learn(FAR, "d111.cloudfront.net", "www.example.org", "d-ab12.execute-api.eu-west-1.amazonaws.com");
        aliases.learn(aliases.unknown(List.of(to(WEB, AliasWish.NONE))));

        assertThat(world.questions).isEmpty();
        assertThat(find(FAR)).contains(new AliasTarget("Z35SXDOTRQ7X7K", false));
    }

    @Test
    void whatAwsDoesNotKnowIsKnownByItsNameAndNotAskedForAgain() {
        learn(WEB);
        learn(WEB);

        assertThat(world.questions).containsExactly("balancers", "classic");
        assertThat(find(WEB)).contains(new AliasTarget("Z32O12XQLNTSW2", false));
    }

    @Test
    void aDenialIsToldAndTheNameTells() {
        world.failure = Optional.of(() -> new AccessDeniedException(
                new AwsCallException.Failure(
                        "elasticloadbalancing", "DescribeLoadBalancers", "AccessDenied", 403, "r", 1, false),
                "elasticloadbalancing:DescribeLoadBalancers",
                "no",
                null));

        learn(WEB);

        assertThat(find(WEB)).contains(new AliasTarget("Z32O12XQLNTSW2", false));
        assertThat(aliases.problems()).hasSize(2).allMatch(one -> one.contains("known by their names alone"));
        world.failure = Optional.empty();
        aliases.refresh();
        learn(WEB);
        assertThat(aliases.problems()).isEmpty();
    }

    @Test
    void aQuestionWithoutAnAnswerIsAskedAgain() {
        world.failure = Optional.of(() -> new AwsCallException(
                new AwsCallException.Failure(
                        "elasticloadbalancing", "DescribeLoadBalancers", "InternalFailure", 500, "r", 1, true),
                "it broke",
                "try again",
                null));
        assertThatThrownBy(() -> learn(WEB)).isInstanceOf(AwsCallException.class);

        world.failure = Optional.empty();
        world.balancers.put(DnsName.of(WEB), new AliasTarget("ZWEB", true));
        learn(WEB);

        assertThat(find(WEB)).contains(new AliasTarget("ZWEB", true));
    }

    @Test
    void afterARefreshWhatIsKnownStaysUntilTheAnswer() {
        world.balancers.put(DnsName.of(WEB), new AliasTarget("ZWEB", false));
        learn(WEB);
        world.balancers.put(DnsName.of(WEB), new AliasTarget("ZWEB", true));
        aliases.refresh();
        assertThat(find(WEB)).contains(new AliasTarget("ZWEB", false));
        learn(WEB);
        assertThat(find(WEB)).contains(new AliasTarget("ZWEB", true));
    }

    private static AwsCallException failure(boolean retryable) {
        return new AwsCallException(
                new AwsCallException.Failure(
                        "elasticloadbalancing", "DescribeLoadBalancers", "Throttling", 400, "r", 3, retryable),
                "it is busy",
                "try again",
                null);
    }

    @Test
    void whereNoAnswerComesNowTheNameTells_whichIsToldUntilTheAnswer() {
        List<Endpoint> wanted = List.of(to(WEB, AliasWish.AUTO));
        world.failure = Optional.of(() -> failure(true));
        world.balancers.put(DnsName.of(WEB), new AliasTarget("ZWEB", true));

        aliases.ask(wanted);

        assertThat(find(WEB)).contains(new AliasTarget("Z32O12XQLNTSW2", false));
        assertThat(aliases.isGuessed(wanted)).isTrue();
        assertThat(aliases.problems()).singleElement().asString().contains("it is busy");
        world.failure = Optional.empty();
        aliases.ask(wanted);
        assertThat(find(WEB)).contains(new AliasTarget("ZWEB", true));
        assertThat(aliases.isGuessed(wanted)).isFalse();
        assertThat(aliases.problems()).isEmpty();
    }

    @Test
    void aQuestionThatIsRefusedForGoodIsNoGuess() {
        world.failure = Optional.of(() -> failure(false));

        assertThatThrownBy(() -> aliases.ask(List.of(to(WEB, AliasWish.AUTO)))).isInstanceOf(AwsCallException.class);
    }
}
