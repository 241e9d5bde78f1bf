package io.k8saws.dns.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.internal.seam.Sleeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A name resolves when it is answered as planned")
class ExpectationTest {
    private static final DnsName NAME = DnsName.of("www.example.com");

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    private static RecordSet set(RecordType type, String... values) {
        return RecordSet.simple(NAME, type, new Answer.Values(Duration.ofMinutes(5), Arrays.asList(values)));
    }

    private static RecordSet member(String id, RoutingPolicy routing, String... values) {
        return new RecordSet(
                NAME,
                RecordType.A,
                Optional.of(id),
                routing,
                Optional.empty(),
                new Answer.Values(Duration.ofMinutes(5), Arrays.asList(values)));
    }

    private static List<Expectation> expected(SetChange... changes) {
        return Expectation.of(new NamePlan(NAME, List.of(changes), List.of(), List.of()));
    }

    private static SetChange comes(RecordSet set) {
        return new SetChange(Optional.empty(), Optional.of(set));
    }

    private static SetChange goes(RecordSet set) {
        return new SetChange(Optional.of(set), Optional.empty());
    }

    private static boolean holds(List<Expectation> all, String... answer) {
        return all.stream()
                .allMatch(one -> one.lack((name, type) -> Arrays.asList(answer)).isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "A     | 192.0.2.1                      | 192.0.2.1                       | true",
                "A     | 192.0.2.1                      | 192.0.2.2                       | false",
                "A     | 192.0.2.1                      |                                 | false",
                "A     | 192.0.2.1,192.0.2.2            | 192.0.2.2,192.0.2.1             | true",
                "A     | 192.0.2.1,192.0.2.2            | 192.0.2.1                       | false",
                "A     | 192.0.2.1                      | 192.0.2.1,192.0.2.2             | false",
                "AAAA  | 2001:DB8:0::1                  | 2001:db8::1                     | true",
                "AAAA  | 2001:db8::1                    | 2001:db8::2                     | false",
                "CNAME | Other.example.net              | other.example.net.              | true",
                "MX    | 10 mail.example.net            | 10 mail.example.net.            | true",
                "SRV   | 0 5 443 host.example.net       | 0 5 443 host.example.net.       | true",
                "SRV   | 0 5 443 host.example.net       | 0 5 444 host.example.net.       | false",
                "TXT   | \"v=spf1 -all\"                | \"v=spf1 -all\"                 | true",
                "TXT   | \"one\"                        | one                             | true",
                "TXT   | \"a \\\"b\\\" c\"              | \"a \\\"b\\\" c\"               | true",
                "TXT   | \"b\\303\\274cher\"            | bÃ¼cher                         | true",
                "TXT   | \"a\" \"b\"                    | a b                             | true",
                "TXT   | \"a b\"                        | a b                             | false",
            })
    void aRecord_isAnsweredWithExactlyItsValues(RecordType type, String planned, String answered, boolean holds) {
        String[] values = planned.split(",");
        String[] answer = answered == null ? new String[0] : answered.split(",");

        assertThat(holds(expected(comes(set(type, values))), answer)).isEqualTo(holds);
    }

    @Test
    void aRecordThatGoes_isNotAnsweredAnyMore_butAWildcardMayBe() {
        List<Expectation> gone = expected(goes(set(RecordType.A, "192.0.2.1")));

        assertThat(holds(gone)).isTrue();
        assertThat(holds(gone, "192.0.2.1")).isFalse();
        assertThat(holds(gone, "198.51.100.1")).isTrue();
    }

    @Test
    void anAlias_isAnsweredWithAnything() {
        List<Expectation> alias = expected(comes(RecordSet.simple(
                NAME, RecordType.A, new Answer.Alias("Z1", DnsName.of("web-1.eu-west-1.elb.amazonaws.com"), true))));

        assertThat(holds(alias, "192.0.2.1")).isTrue();
        assertThat(holds(alias)).isFalse();
    }

    @Test
    void aSetThatBecomesWeighted_isAnsweredWithOneOfItsMembers_ofThoseThatHaveAWeight() {
        List<Expectation> weighted = expected(
                goes(set(RecordType.A, "192.0.2.9")),
                comes(member("a", new RoutingPolicy.Weighted(10), "192.0.2.1")),
                comes(member("b", new RoutingPolicy.Weighted(10), "192.0.2.2")),
                comes(member("c", new RoutingPolicy.Weighted(0), "192.0.2.3")));

        assertThat(holds(weighted, "192.0.2.1")).isTrue();
        assertThat(holds(weighted, "192.0.2.2")).isTrue();
        assertThat(holds(weighted, "192.0.2.1", "192.0.2.2", "192.0.2.3")).isTrue();
        assertThat(holds(weighted, "192.0.2.3")).isFalse();
        assertThat(holds(weighted)).isFalse();
    }

    @Test
    void aMemberAmongOthers_isNotWaitedFor_butItsOldAnswerIsNoneAnyMore() {
        for (RoutingPolicy routing : List.of(new RoutingPolicy.Weighted(1), new RoutingPolicy.Multivalue())) {
            List<Expectation> changed = expected(new SetChange(
                    Optional.of(member("a", routing, "192.0.2.1")), Optional.of(member("a", routing, "192.0.2.2"))));

            assertThat(holds(changed, "192.0.2.2")).isTrue();
            assertThat(holds(changed, "192.0.2.77"))
                    .as("of a member that stays")
                    .isTrue();
            assertThat(holds(changed, "192.0.2.1")).isFalse();
            assertThat(holds(changed)).isFalse();
            assertThat(holds(expected(comes(member("b", routing, "192.0.2.3"))), "192.0.2.77"))
                    .isTrue();
        }
    }

    @Test
    void whatDependsOnWhoAsks_isNotWaitedFor() {
        assertThat(holds(expected(comes(member("a", new RoutingPolicy.Latency("eu-west-1"), "192.0.2.1")))))
                .isTrue();
    }

    @Test
    void aServerThatDoesNotAnswer_isALack() {
        Resolver silent = (name, type) -> {
            throw new K8sAwsException("Ask", "nobody answers", "look", Map.of(), null);
        };

        assertThat(expected(comes(set(RecordType.A, "192.0.2.1"))).get(0).lack(silent))
                .hasValueSatisfying(lack -> assertThat(lack).contains("nobody answers"));
    }

    @Test
    void serversAreAskedAtOnce_soThatOneThatIsSilentDoesNotKeepTheOthers() {
        CyclicBarrier both = new CyclicBarrier(2);
        Resolver one = (name, type) -> met(both);
        Resolver two = (name, type) -> met(both);
        Waiting waiting = new Waiting(new Sleeps(), threads);
        waiting.add(expected(comes(set(RecordType.A, "192.0.2.1"))), List.of(one, two));

        waiting.run(Duration.ofSeconds(1));

        assertThat(both.isBroken()).isFalse();
    }

    /** Each waits for the other; one after the other they would not meet. */
    private static List<String> met(CyclicBarrier both) {
        try {
            both.await(20, TimeUnit.SECONDS);
            return List.of("192.0.2.1");
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whenTheTimeIsOver_theRestIsNotAsked() {
        Sleeps time = new Sleeps();
        List<DnsName> asked = new ArrayList<>();
        Resolver silent = (name, type) -> {
            asked.add(name);
            time.sleep(Duration.ofSeconds(2), "nobody answers");
            return List.of();
        };
        Waiting waiting = new Waiting(time, threads);
        List<Expectation> many = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            many.addAll(expected(comes(set(RecordType.A, "192.0.2.1"))));
        }
        waiting.add(many, List.of(silent));

        assertThatThrownBy(() -> waiting.run(Duration.ofSeconds(10))).hasMessageContaining("1000 of 1000");
        assertThat(asked).hasSize(5);
    }

    /** Each sleep is noted, and time goes on by it alone. */
    private static final class Sleeps implements Sleeper {
        private final List<Duration> all = new ArrayList<>();

        @Override
        public void sleep(Duration pause, String why) {
            all.add(pause);
        }

        @Override
        public long nanoTime() {
            return all.stream().mapToLong(Duration::toNanos).sum();
        }
    }

    @Test
    void itIsAskedUntilAllServersAnswerSo_andNoneIsAskedAgain() {
        Sleeps sleeps = new Sleeps();
        int[] asked = new int[2];
        Waiting waiting = new Waiting(sleeps, threads);
        waiting.add(
                expected(comes(set(RecordType.A, "192.0.2.1"))),
                List.of(
                        (name, type) -> {
                            asked[0]++;
                            return List.of("192.0.2.1");
                        },
                        (name, type) -> ++asked[1] < 3 ? List.of() : List.of("192.0.2.1")));

        waiting.run(Duration.ofMinutes(1));

        assertThat(asked).containsExactly(1, 3);
        assertThat(sleeps.all).hasSize(2);
    }

    @Test
    void whatTakesTooLong_isToldWithWhatIsAnsweredInstead() {
        Waiting waiting = new Waiting(new Sleeps(), threads);
        waiting.add(expected(comes(set(RecordType.A, "192.0.2.1"))), List.of((name, type) -> List.of("192.0.2.9")));

        assertThatThrownBy(() -> waiting.run(Duration.ofSeconds(10)))
                .isInstanceOf(WaitTimeoutException.class)
                .hasMessageContaining("192.0.2.9")
                .hasMessageContaining("1 of 1");
    }
}
