package io.k8saws.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.k8saws.dns.health.HealthCheck;
import io.k8saws.dns.record.Horizon;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("What a program lists has each record once, and all that is wrong is told at once, where it is")
class RecordsTest {
    private static final RoutingPolicy WEIGHTED = new RoutingPolicy.Weighted(1);

    private static UnaryOperator<RecordBuilder> the(UnaryOperator<RecordBuilder> description) {
        return description;
    }

    private static Records.Builder listed(UnaryOperator<RecordBuilder> first, UnaryOperator<RecordBuilder> second) {
        return Records.builder("program")
                .add("api.example.com", first)
                .add("other.example.com", r -> r.addresses("192.0.2.9"))
                .add("API.example.com.", second);
    }

    private static List<Violation> wrong(Records.Builder builder) {
        InvalidSpecException refused = catchThrowableOfType(InvalidSpecException.class, builder::build);
        assertThat(refused).as("it is refused").isNotNull();
        return refused.violations();
    }

    private static Stream<Arguments> same() {
        UnaryOperator<RecordBuilder> one = the(r -> r.addresses("192.0.2.1"));
        UnaryOperator<RecordBuilder> blue = the(r -> r.addresses("192.0.2.1").routed("blue", WEIGHTED));
        return Stream.of(
                Arguments.of("A", one, one),
                Arguments.of("A", one, the(r -> r.addresses("192.0.2.2"))),
                Arguments.of("A", one, the(r -> r.addresses("192.0.2.2", "2001:db8::1"))),
                Arguments.of("AAAA", the(r -> r.addresses("2001:db8::1")), the(r -> r.addresses("2001:db8::2"))),
                Arguments.of("CNAME", the(r -> r.host("a.example.net")), the(r -> r.host("b.example.net"))),
                Arguments.of("TXT", the(r -> r.texts("a")), the(r -> r.texts("b"))),
                Arguments.of(
                        "MX",
                        the(r -> r.value(RecordType.MX, "10 a.example.com")),
                        the(r -> r.value(RecordType.MX, "20 b.example.com"))),
                Arguments.of("A [blue]", blue, the(r -> r.addresses("192.0.2.2")
                        .routed("blue", new RoutingPolicy.Weighted(2)))),
                Arguments.of("A", one, the(r -> r.addresses("192.0.2.2").seenBy(Horizon.PRIVATE))),
                Arguments.of("A", the(r -> r.addresses("192.0.2.1").inZone("Z1")), the(r -> r.addresses("192.0.2.2")
                        .inZone("/hostedzone/Z1")
                        .seenBy(Horizon.PRIVATE))));
    }

    @ParameterizedTest(name = "{0}, #{index}")
    @MethodSource("same")
    void theSameRecordAgainIsRefused_withBothPlaces(
            String record, UnaryOperator<RecordBuilder> first, UnaryOperator<RecordBuilder> second) {
        assertThat(wrong(listed(first, second)))
                .containsExactly(
                        new Violation(
                                "records[2]",
                                "api.example.com " + record + " is listed already, at records[0]",
                                "say all that it leads to at one of them, or tell them apart by routed(...), seenBy(...) or inZone(...)"));
    }

    private static Stream<Arguments> different() {
        UnaryOperator<RecordBuilder> one = the(r -> r.addresses("192.0.2.1"));
        return Stream.of(
                Arguments.of("types", one, the(r -> r.texts("a"))),
                Arguments.of("versions of addresses", one, the(r -> r.addresses("2001:db8::1"))),
                Arguments.of(
                        "set identifiers",
                        the(r -> r.addresses("192.0.2.1").routed("blue", WEIGHTED)),
                        the(r -> r.addresses("192.0.2.1").routed("green", WEIGHTED))),
                Arguments.of(
                        "horizons",
                        the(r -> r.addresses("192.0.2.1").seenBy(Horizon.PUBLIC)),
                        the(r -> r.addresses("10.0.0.1").seenBy(Horizon.PRIVATE))),
                Arguments.of("zones", the(r -> r.addresses("192.0.2.1").inZone("Z1")), the(r -> r.addresses("192.0.2.1")
                        .inZone("Z2"))),
                Arguments.of("a zone of its own", one, the(r -> r.addresses("192.0.2.1")
                        .inZone("Z1"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("different")
    void aNameMayHaveSeveralRecords(
            String what, UnaryOperator<RecordBuilder> first, UnaryOperator<RecordBuilder> second) {
        assertThat(listed(first, second).build().endpoints()).hasSize(3);
    }

    @Test
    void aThirdOneIsTold_too() {
        assertThat(wrong(listed(r -> r.addresses("192.0.2.1"), r -> r.addresses("192.0.2.2"))
                        .add("api.example.com", r -> r.addresses("192.0.2.3"))))
                .extracting(Violation::path)
                .containsExactly("records[2]", "records[3]");
    }

    private static Stream<Arguments> wrongFields() {
        return Stream.of(
                field("ttl", "it is PT-1S", r -> r.addresses("192.0.2.1").ttl(Duration.ofSeconds(-1))),
                field("ttl", "it is PT596523H14M8S", r -> r.addresses("192.0.2.1")
                        .ttl(Duration.ofSeconds(Integer.MAX_VALUE + 1L))),
                field("ttl", "it is PT0.5S", r -> r.addresses("192.0.2.1").ttl(Duration.ofMillis(500))),
                field("ttl", "it is PT1M0.001S", r -> r.addresses("192.0.2.1").ttl(Duration.ofMillis(60_001))),
                field("addresses", "'192.0.2' is no address", r -> r.addresses("192.0.2")),
                field("addresses", "'x' is no address of IP version 4", r -> r.value(RecordType.A, "x")),
                field("host", "'a b' has the label 'a b', which is not allowed", r -> r.host("a b")),
                field("value", "'a' is no mail exchange", r -> r.value(RecordType.MX, "a")),
                field("targets", "it leads nowhere", r -> r.ttl(Duration.ofMinutes(1))),
                field("routed", "the weight is 256", r -> r.addresses("192.0.2.1")
                        .routed("blue", new RoutingPolicy.Weighted(256))),
                field("healthCheck", "it has the id of one and wants another", r -> r.addresses("192.0.2.1")
                        .healthCheck("id")
                        .healthCheck(HealthCheck.http())));
    }

    private static Arguments field(String path, String problem, UnaryOperator<RecordBuilder> description) {
        return Arguments.of(path, problem, description);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("wrongFields")
    void whatIsWrongIsToldByItsPlace(String path, String problem, UnaryOperator<RecordBuilder> description) {
        Records.Builder builder = Records.builder("program")
                .add("a.example.com", r -> r.addresses("192.0.2.1"))
                .add("b.example.com", description);

        assertThat(wrong(builder))
                .extracting(Violation::path, Violation::problem)
                .containsExactly(tuple("records[1]." + path, problem + ", for b.example.com"));
    }

    @ParameterizedTest
    @MethodSource("times")
    void timesThatRoute53TakesAreTaken(Duration time) {
        Records records = Records.builder("program")
                .add("a.example.com", r -> r.addresses("192.0.2.1").ttl(time))
                .build();

        assertThat(records.endpoints().get(0).ttl()).contains(time);
    }

    private static Stream<Duration> times() {
        return Stream.of(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(Integer.MAX_VALUE));
    }

    @Test
    void allIsToldAtOnce() {
        Records.Builder builder = Records.builder("no program")
                .add("a.example.com", r -> r.addresses("192.0.2.1").ttl(Duration.ofSeconds(-1)))
                .add("not..a.name", r -> r.addresses("192.0.2").ttl(Duration.ofMillis(1)))
                .add("a.example.com", r -> r.addresses("192.0.2.1").host("b c"));

        assertThat(wrong(builder))
                .extracting(Violation::path)
                .containsExactly(
                        "program",
                        "records[0].ttl",
                        "records[1].name",
                        "records[1].addresses",
                        "records[1].ttl",
                        "records[2].host",
                        "records[2].host",
                        "records[2]");
    }
}
