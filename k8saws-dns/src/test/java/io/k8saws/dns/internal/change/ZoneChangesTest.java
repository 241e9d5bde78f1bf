package io.k8saws.dns.internal.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.plan.ModelZone;
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

@DisplayName("One bad name hinders no other")
class ZoneChangesTest {
    private static final HostedZone ZONE = new HostedZone("Z1", DnsName.of("example.com"), false, Map.of());

    private final ModelZone zone = new ModelZone();
    private final List<NameResult> results = new ArrayList<>();
    private int changes;
    private int reads;
    private boolean saysNames = true;
    private int losesAnswers;

    private final ZoneCalls calls = new ZoneCalls() {
        @Override
        public String change(List<SetChange> batch) {
            changes++;
            List<String> refused = zone.change(batch);
            if (losesAnswers > 0) {
                losesAnswers--;
                refused = zone.change(batch); // sent again by the seam
            }
            if (!refused.isEmpty()) {
                throw new RefusedBatchException(saysNames ? refused : List.of("the batch is invalid"), null);
            }
            return "C" + changes;
        }

        @Override
        public List<RecordSet> records(DnsName name) {
            reads++;
            return zone.at(name);
        }
    };

    private static RecordSet record(String name, int values) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < values; i++) {
            all.add("192.0." + i / 256 + "." + i % 256);
        }
        return RecordSet.simple(DnsName.of(name), RecordType.A, new Answer.Values(Duration.ofMinutes(5), all));
    }

    private static NamePlan creates(String name, int values) {
        return new NamePlan(
                DnsName.of(name),
                List.of(new SetChange(Optional.empty(), Optional.of(record(name, values)))),
                List.of(),
                List.of());
    }

    private static List<NamePlan> names(int count) {
        List<NamePlan> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(creates("n" + i + ".example.com", 1));
        }
        return names;
    }

    private Optional<String> apply(List<NamePlan> names) {
        return new ZoneChanges(ZONE, calls, results::add).apply(names);
    }

    private long count(NameResult.State state) {
        return results.stream().filter(one -> one.state() == state).count();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "1000, 1", "1001, 2", "10000, 10"})
    void batchesAreAsFewAsCanBe(int names, int batches) {
        Optional<String> last = apply(names(names));

        assertThat(changes).isEqualTo(batches);
        assertThat(last.isPresent()).isEqualTo(batches > 0);
        assertThat(count(NameResult.State.DONE)).isEqualTo(names);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneBadNameAmongAThousandIsFoundIn22Calls(boolean named) {
        saysNames = named;
        zone.put(record("n777.example.com", 2));

        apply(names(1000));

        assertThat(changes + reads).as("calls").isLessThanOrEqualTo(22);
        assertThat(count(NameResult.State.DONE)).isEqualTo(999);
        assertThat(results)
                .filteredOn(one -> one.state() == NameResult.State.FAILED)
                .singleElement()
                .satisfies(one -> assertThat(one.name().text()).isEqualTo("n777.example.com"));
        assertThat(zone.at(DnsName.of("n777.example.com"))).containsExactly(record("n777.example.com", 2));
    }

    @Test
    void anAnswerThatWasLostIsNoFailure() {
        losesAnswers = 2;

        apply(names(1500));

        assertThat(count(NameResult.State.DONE)).isEqualTo(1500);
        assertThat(zone.all()).hasSize(1500);
    }

    @Test
    void aNameThatIsLargerThanABatchIsTold_andTheOthersGoOn() {
        apply(List.of(creates("small.example.com", 3), creates("large.example.com", 1001)));

        assertThat(count(NameResult.State.DONE)).isEqualTo(1);
        assertThat(results)
                .filteredOn(one -> one.state() == NameResult.State.FAILED)
                .singleElement()
                .asString()
                .contains("larger than a call may be: 1001 values");
    }

    @Test
    void charactersCountAsWellAsValues() {
        List<NamePlan> names = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            RecordSet text = RecordSet.simple(
                    DnsName.of("t" + i + ".example.com"),
                    RecordType.TXT,
                    new Answer.Values(Duration.ofMinutes(5), List.of('"' + "x".repeat(998) + '"')));
            names.add(new NamePlan(
                    text.name(), List.of(new SetChange(Optional.empty(), Optional.of(text))), List.of(), List.of()));
        }
        assertThat(Batches.of(names)).extracting(List::size).containsExactly(32, 32, 32, 4);
    }
}
