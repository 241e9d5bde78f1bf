package io.k8saws.dns.internal.route53;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.health.HealthCheck;
import io.k8saws.dns.health.TargetCheck;
import io.k8saws.dns.internal.engine.ZoneCalls;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.error.AwsCallException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CheckedZoneTest {
    private static final Duration GRACE = Duration.ofMinutes(5);
    private static final String CHECK =
            HealthCheck.http().of("api.example.com", "192.0.2.1").text();
    private static final String OTHER = HealthCheck.http()
            .withPath("/other")
            .of("api.example.com", "192.0.2.1")
            .text();

    private final World world = new World();
    private final List<RecordSet> records = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-01T00:00:00Z");
    private CheckedZone zone = zone("blue");

    private CheckedZone zone(String owner) {
        return new CheckedZone(new Records(), new HealthChecks(world, owner, "Z1", () -> now));
    }

    /** Record sets as Route 53 has them, with ids. */
    private final class Records implements ZoneCalls {
        @Override
        public String change(List<SetChange> changes) {
            changes.forEach(change -> change.before()
                    .ifPresent(set -> assertThat(records.remove(set)).isTrue()));
            changes.forEach(change -> change.after().ifPresent(set -> {
                assertThat(set.healthCheckId().filter(id -> !world.checks.containsKey(id) && !id.equals("by-hand")))
                        .as("a check is there before its record")
                        .isEmpty();
                records.add(set);
            }));
            return "C1";
        }

        @Override
        public Page list(Optional<Position> from) {
            return new Page(records, Optional.empty());
        }

        @Override
        public boolean isInSync(String changeId) {
            return true;
        }
    }

    /** Health checks of an account. It makes none twice, and takes no reference again. */
    private static final class World implements HealthCalls {
        private final Map<String, Found> checks = new LinkedHashMap<>();
        private final Map<String, Map<String, String>> tags = new HashMap<>();
        private final Set<String> references = new HashSet<>();
        private int calls;

        @Override
        public List<Found> list() {
            calls++;
            return List.copyOf(checks.values());
        }

        @Override
        public String create(String reference, TargetCheck check) {
            calls++;
            if (!references.add(reference)) {
                throw new AwsCallException(
                        new AwsCallException.Failure(
                                "route53", "CreateHealthCheck", "HealthCheckAlreadyExists", 409, "r", 1, false),
                        "it is there",
                        "take another reference",
                        null);
            }
            String id = "id-" + references.size();
            checks.put(id, new Found(id, reference, TargetCheck.read(check.text())));
            return id;
        }

        @Override
        public void delete(String id) {
            calls++;
            checks.remove(id);
        }

        @Override
        public Map<String, Map<String, String>> tags(Collection<String> ids) {
            calls++;
            return tags;
        }

        @Override
        public void tag(String id, Map<String, String> put, List<String> remove) {
            calls++;
            Map<String, String> have = tags.computeIfAbsent(id, key -> new HashMap<>());
            have.putAll(put);
            remove.forEach(have::remove);
        }
    }

    private static RecordSet record(String health) {
        return new RecordSet(
                DnsName.of("api.example.com"),
                RecordType.A,
                Optional.of("one"),
                new RoutingPolicy.Weighted(1),
                Optional.of(health),
                new Answer.Values(Duration.ofMinutes(1), List.of("192.0.2.1")));
    }

    private void change(Optional<RecordSet> before, Optional<RecordSet> after) {
        String unused = zone.change(List.of(new SetChange(before, after)));
    }

    private List<RecordSet> list() {
        return zone.list(Optional.empty()).sets();
    }

    @Test
    void aZoneWithoutChecksCostsNoCall() {
        records.add(RecordSet.simple(
                DnsName.of("www.example.com"),
                RecordType.A,
                new Answer.Values(Duration.ofMinutes(1), List.of("192.0.2.1"))));
        assertThat(list()).hasSize(1);
        assertThat(zone.retire(GRACE, false)).isZero();
        assertThat(zone.hasIdle()).isFalse();
        assertThat(world.calls).isZero();
    }

    @Test
    void aCheckIsMadeBeforeItsRecordAndReadBackAsItsText() {
        list();
        change(Optional.empty(), Optional.of(record(CHECK)));

        assertThat(records).extracting(set -> set.healthCheckId().orElse("")).containsExactly("id-1");
        assertThat(world.tags.get("id-1")).containsEntry(HealthChecks.OWNER, "blue");
        assertThat(list()).containsExactly(record(CHECK));
    }

    @Test
    void whatACrashLeftBehindIsFoundAgainAndNotMadeTwice() {
        list();
        change(Optional.empty(), Optional.of(record(CHECK)));
        records.clear(); // the record was never written
        zone = zone("blue");
        list();
        change(Optional.empty(), Optional.of(record(CHECK)));

        assertThat(world.checks).hasSize(1);
        assertThat(list()).containsExactly(record(CHECK));
    }

    @Test
    void anotherCheckComesBeforeTheFirstOneGoesAndThatOneWaitsForTheGrace() {
        list();
        change(Optional.empty(), Optional.of(record(CHECK)));
        change(Optional.of(record(CHECK)), Optional.of(record(OTHER)));
        assertThat(world.checks).hasSize(2);
        assertThat(zone.hasIdle()).isTrue();

        assertThat(zone.retire(GRACE, false)).isZero();
        now = now.plusSeconds(299);
        assertThat(zone.retire(GRACE, false)).isZero();
        now = now.plusSeconds(1);
        assertThat(zone.retire(GRACE, false)).isEqualTo(1);
        assertThat(world.checks).containsOnlyKeys("id-2");
        assertThat(list()).containsExactly(record(OTHER));
        assertThat(zone.hasIdle()).isFalse();
    }

    @Test
    void oneThatIsUsedAgainBeginsItsGraceAnew() {
        list();
        change(Optional.empty(), Optional.of(record(CHECK)));
        change(Optional.of(record(CHECK)), Optional.empty());
        assertThat(zone.retire(GRACE, false)).isZero();
        change(Optional.empty(), Optional.of(record(CHECK)));
        assertThat(world.checks).hasSize(1);
        assertThat(world.tags.get("id-1")).doesNotContainKey(HealthChecks.UNUSED);
        change(Optional.of(record(CHECK)), Optional.empty());
        now = now.plus(GRACE);
        assertThat(zone.retire(GRACE, false)).isZero();
    }

    @Test
    void aReferenceThatIsUsedUpIsFollowedByTheNext() {
        list();
        change(Optional.empty(), Optional.of(record(CHECK)));
        change(Optional.of(record(CHECK)), Optional.empty());
        assertThat(zone.retire(Duration.ZERO, false)).isEqualTo(1);
        change(Optional.empty(), Optional.of(record(CHECK)));

        assertThat(world.checks.values()).singleElement().matches(found -> found.reference()
                .endsWith("-1"));
        assertThat(list()).containsExactly(record(CHECK));
    }

    @Test
    void whatIsNotOursStays() {
        list();
        change(Optional.empty(), Optional.of(record(CHECK)));
        world.checks.put("by-hand", new HealthCalls.Found("by-hand", "my-own", TargetCheck.read(CHECK)));
        CheckedZone green = zone("green");
        records.clear();
        green.list(Optional.empty());

        assertThat(green.retire(Duration.ZERO, true)).isZero();
        world.tags.get("id-1").put(HealthChecks.OWNER, "red");
        list();
        assertThat(zone.retire(Duration.ZERO, true)).isZero();
        assertThat(world.checks).containsOnlyKeys("id-1", "by-hand");
    }

    @Test
    void aCheckByItsIdIsUsedAsItIs() {
        list();
        world.checks.put("by-hand", new HealthCalls.Found("by-hand", "my-own", TargetCheck.read(CHECK)));
        change(Optional.empty(), Optional.of(record("by-hand")));

        assertThat(list()).containsExactly(record("by-hand"));
        change(Optional.of(record("by-hand")), Optional.empty());
        assertThat(zone.retire(Duration.ZERO, true)).isZero();
        assertThat(world.checks).containsOnlyKeys("by-hand");
    }

    @Test
    void nothingGoesBeforeTheWholeZoneIsRead() {
        change(Optional.empty(), Optional.of(record(CHECK)));
        change(Optional.of(record(CHECK)), Optional.empty());
        assertThat(zone.retire(Duration.ZERO, true)).isZero();
        list();
        assertThat(zone.retire(Duration.ZERO, true)).isEqualTo(1);
    }
}
