package io.k8saws.dns.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.NameResult;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.zone.HostedZone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A plan is done in as few calls as can be, and one bad name hinders no other")
class ZoneChangesTest {
    private static final HostedZone ZONE = new HostedZone("Z1", DnsName.of("example.com"), false, Map.of());

    private final ModelCalls zone = new ModelCalls("example.com");
    private final List<NameResult> results = new ArrayList<>();

    private static RecordSet record(String name, int values) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < values; i++) {
            all.add("192.0." + i / 256 + "." + i % 256);
        }
        return RecordSet.simple(DnsName.of(name), RecordType.A, new Answer.Values(Duration.ofMinutes(5), all));
    }

    private static NamePlan creates(RecordSet set) {
        return new NamePlan(
                set.name(), List.of(new SetChange(Optional.empty(), Optional.of(set))), List.of(), List.of());
    }

    private static List<NamePlan> names(int count) {
        List<NamePlan> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(creates(record("n" + i + ".example.com", 1)));
        }
        return names;
    }

    private Optional<String> apply(ZoneCalls calls, List<NamePlan> names) {
        return new ZoneChanges(ZONE, calls, results::add).apply(names);
    }

    private long count(NameResult.State state) {
        return results.stream().filter(one -> one.state() == state).count();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "1000, 1", "1001, 2", "10000, 10"})
    void batchesAreAsFewAsCanBe(int names, int batches) {
        Optional<String> last = apply(zone, names(names));

        assertThat(zone.changeCalls).isEqualTo(batches);
        assertThat(zone.readCalls).isZero();
        assertThat(last.isPresent()).isEqualTo(batches > 0);
        assertThat(count(NameResult.State.DONE)).isEqualTo(names);
    }

    @Test
    void aLostRaceIsToldInPlainWords_andNoOtherRefusal() {
        zone.put(record("taken.example.com", 2));
        RecordSet host = RecordSet.simple(
                DnsName.of("example.com"),
                RecordType.CNAME,
                new Answer.Values(Duration.ofMinutes(5), List.of("other.example.net")));

        apply(
                zone,
                List.of(
                        creates(record("taken.example.com", 1)),
                        creates(host),
                        creates(record("free.example.com", 1))));

        assertThat(results)
                .extracting(one -> one.name() + " " + one.state() + " "
                        + one.reason()
                                .startsWith("somebody has changed its records since this was planned. Plan again"))
                .containsExactlyInAnyOrder(
                        "taken.example.com FAILED true", "example.com FAILED false", "free.example.com DONE false");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneBadNameAmongAThousandIsFoundIn22Calls(boolean named) {
        zone.namesInMessages = named;
        zone.put(record("n777.example.com", 2));

        apply(zone, names(1000));

        assertThat(zone.calls()).as("calls").isLessThanOrEqualTo(22);
        assertThat(count(NameResult.State.DONE)).isEqualTo(999);
        assertThat(results)
                .filteredOn(one -> one.state() == NameResult.State.FAILED)
                .singleElement()
                .satisfies(one -> assertThat(one.name().text()).isEqualTo("n777.example.com"));
    }

    @Test
    void anAnswerThatWasLostIsNoFailure() {
        ZoneCalls losing = new ZoneCalls() {
            @Override
            public String change(List<SetChange> changes) {
                zone.change(changes);
                return zone.change(changes); // the seam sends again what it has no answer for
            }

            @Override
            public Page list(Optional<Position> from) {
                return zone.list(from);
            }

            @Override
            public boolean isInSync(String changeId) {
                return zone.isInSync(changeId);
            }
        };

        apply(losing, names(1500));

        assertThat(count(NameResult.State.DONE)).isEqualTo(1500);
    }

    /** The first name of a batch is as wanted by accident; nothing of the others is. */
    @Test
    void aBatchOfWhichOthersHaveDoneAPartIsNotTakenForDone() {
        zone.put(record("n0.example.com", 1));

        apply(zone, names(100));

        assertThat(count(NameResult.State.DONE)).isEqualTo(99);
        assertThat(count(NameResult.State.FAILED)).isEqualTo(1);
    }

    @Test
    void aNameThatIsLargerThanABatchIsTold_andTheOthersGoOn() {
        apply(zone, List.of(creates(record("small.example.com", 3)), creates(record("large.example.com", 1001))));

        assertThat(count(NameResult.State.DONE)).isEqualTo(1);
        assertThat(results)
                .filteredOn(one -> one.state() == NameResult.State.FAILED)
                .singleElement()
                .asString()
                .contains("larger than a call may be: 1001 values");
    }
}
