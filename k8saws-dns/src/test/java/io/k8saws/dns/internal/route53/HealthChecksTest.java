package io.k8saws.dns.internal.route53;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.dns.health.HealthCheck;
import io.k8saws.dns.health.RetiredChecks;
import io.k8saws.dns.health.RetiredChecks.State;
import io.k8saws.dns.health.TargetCheck;
import io.k8saws.dns.internal.engine.ZoneCalls;
import io.k8saws.dns.internal.engine.ZoneChanges;
import io.k8saws.dns.internal.route53.HealthModel.Fate;
import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.NameResult;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.AwsCallException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HealthChecksTest {
    private static final String CHECK = text("/");
    private static final String OTHER = text("/other");

    private final HealthModel world = new HealthModel();
    private Instant now = Instant.parse("2026-11-01T00:00:00Z");
    private HealthChecks checks = checks("blue");
    private ZoneCalls zone = new GatedZone(world, checks);

    private static String text(String path) {
        return HealthCheck.http()
                .withPath(path)
                .of("api.example.com", "192.0.2.1")
                .text();
    }

    private HealthChecks checks(String owner) {
        return world.checks(owner, () -> now);
    }

    private void restart() {
        checks = checks("blue");
        zone = new GatedZone(world, checks);
    }

    static RecordSet record(String health) {
        return new RecordSet(
                DnsName.of("api.example.com"),
                RecordType.A,
                Optional.of("one"),
                new RoutingPolicy.Weighted(1),
                Optional.of(health),
                new Answer.Values(Duration.ofMinutes(1), List.of("192.0.2.1")));
    }

    private static SetChange create(String id) {
        return new SetChange(Optional.empty(), Optional.of(record(id)));
    }

    private void send(SetChange change) {
        String unused = zone.change(List.of(change));
    }

    /** A round of a program: a listing, a reading, and what follows. */
    private List<String> retire(boolean whole) {
        return retire(checks, whole);
    }

    private List<String> retire(HealthChecks of, boolean whole) {
        List<OwnCheck> own = of.look(world.list());
        Instant began = now;
        Set<String> used = new HashSet<>();
        world.records.values().forEach(set -> set.healthCheckId().ifPresent(used::add));
        return of.retire(own, used, began, whole).stream()
                .map(one -> one.id() + " " + one.state())
                .toList();
    }

    @Test
    void nothingIsCalledBeforeACheckIsWanted() {
        send(create(hand()));
        assertThat(world.calls).containsExactly("ChangeResourceRecordSets");
        assertThat(checks.isInUse()).isFalse();
        assertThat(checks.texts().read(List.of(record("any")))).containsExactly(record("any"));
        assertThat(checks.usable(CHECK, Set.of(""))).isEmpty();
        assertThat(world.calls()).isEqualTo(1);
    }

    private String hand() {
        return world.byHand("mine", TargetCheck.read(CHECK).orElseThrow());
    }

    @Test
    void aCheckIsMadeTaggedAndReadBackAsItsText() {
        String id = checks.ensure(CHECK);
        assertThat(world.calls)
                .containsExactly(
                        "ListHealthChecks", "CreateHealthCheck", "ListTagsForResources", "ChangeTagsForResource");
        assertThat(world.tags.get(id))
                .containsEntry(OwnCheck.OWNER, "blue")
                .containsEntry(OwnCheck.ZONE, "Z1")
                .containsEntry(OwnCheck.NAME, "api.example.com HTTP 192.0.2.1:80");
        send(create(id));
        assertThat(checks.texts().read(List.of(record(id)))).containsExactly(record(CHECK));
    }

    @Test
    void aCheckThatRoute53DoesNotShowYetIsNotMadeTwice() {
        world.slow(1);
        assertThatThrownBy(() -> checks.ensure(CHECK))
                .isInstanceOfSatisfying(AwsCallException.class, e -> {
                    assertThat(e.retryable()).isTrue();
                    assertThat(HealthChecks.isOfAll(e)).isFalse();
                })
                .hasMessageContaining("does not show it yet");
        String id = checks.ensure(CHECK);
        assertThat(world.checks.keySet()).containsExactly(id);

        checks.doubt();
        world.slow(1);
        assertThat(checks.ensure(CHECK)).isEqualTo(id);
        assertThat(world.checks.keySet()).containsExactly(id);
    }

    @Test
    void whatWasWrittenStaysTheLastChangeWhenNothingOfTheRestIs() {
        world.refuse(check -> true);
        List<NameResult> told = new ArrayList<>();
        NamePlan free = plan("www.example.com", Optional.empty());
        NamePlan checked = plan("api.example.com", Optional.of(CHECK));
        InstantSource slow = () -> now = now.plusSeconds(30);
        assertThat(changes(told, slow).apply(List.of(free, checked))).isPresent();
        assertThat(told).extracting(NameResult::state).contains(NameResult.State.FAILED, NameResult.State.DONE);
    }

    @Test
    void whatWasWrittenStaysTheLastChangeWhenTheRestIsRefused() {
        world.records.put(HealthModel.key(record("x")), record("x")); // so the second is refused
        List<NameResult> told = new ArrayList<>();
        NamePlan free = plan("www.example.com", Optional.empty());
        NamePlan checked = plan("api.example.com", Optional.of(CHECK));
        assertThat(changes(told, () -> now).apply(List.of(free, checked))).isPresent();
        assertThat(told).extracting(NameResult::state).contains(NameResult.State.FAILED, NameResult.State.DONE);
    }

    private CheckedChanges changes(List<NameResult> told, InstantSource clock) {
        HostedZone one = new HostedZone("Z1", DnsName.of("example.com"), false, Map.of());
        return new CheckedChanges(one, checks, new ZoneChanges(one, zone, told::add), told::add, clock);
    }

    private static NamePlan plan(String name, Optional<String> health) {
        RecordSet set = new RecordSet(
                DnsName.of(name),
                RecordType.A,
                Optional.of("one"),
                new RoutingPolicy.Weighted(1),
                health,
                new Answer.Values(Duration.ofMinutes(1), List.of("192.0.2.1")));
        return new NamePlan(
                DnsName.of(name), List.of(new SetChange(Optional.empty(), Optional.of(set))), List.of(), List.of());
    }

    @Test
    void whatACrashOrALostAnswerLeftBehindIsNotMadeTwice() {
        world.fate = Fate.DONE;
        checks.refresh();
        world.fate = Fate.LOST;
        assertThatThrownBy(() -> checks.ensure(CHECK)).isInstanceOf(AwsCallException.class);
        assertThat(world.checks).hasSize(1);
        assertThat(checks.ensure(CHECK)).isEqualTo("id-1");
        restart();
        assertThat(checks.ensure(CHECK)).isEqualTo("id-1");
        assertThat(world.checks).hasSize(1);
    }

    @Test
    void anUnusedOneIsMarkedAndGoesAfterTheGraceByTheMark() {
        String id = checks.ensure(CHECK);
        send(create(id));
        send(new SetChange(Optional.of(record(id)), Optional.empty()));

        assertThat(retire(true)).isEmpty(); // somebody may have it in his hands
        now = now.plus(HealthChecks.GRACE).plusSeconds(1);
        assertThat(retire(true)).containsExactly(id + " MARKED");
        restart();
        now = now.plus(HealthChecks.GRACE).minusSeconds(1);
        assertThat(retire(true)).isEmpty();
        now = now.plusSeconds(1);
        assertThat(retire(false)).isEmpty();
        assertThat(retire(true)).containsExactly(id + " DELETED");
        assertThat(world.checks).isEmpty();
        assertThat(checks.ensure(CHECK)).isEqualTo("id-2");
    }

    @Test
    void oneWithTheMarkIsNeverGivenAwayAgain() {
        String id = checks.ensure(CHECK);
        world.mark(id, now);
        now = now.plusSeconds(61);
        assertThat(checks.usable(CHECK, Set.of(""))).isEmpty();
        String next = checks.ensure(CHECK);
        assertThat(next).isNotEqualTo(id);
        send(create(next));
        assertThat(checks.texts().read(List.of(record(next)))).containsExactly(record(CHECK));
        now = now.plus(HealthChecks.GRACE);
        assertThat(retire(true)).containsExactly(id + " DELETED");
    }

    @Test
    void aMarkOnOneThatIsUsedGoes() {
        String id = checks.ensure(CHECK);
        send(create(id));
        world.mark(id, now.minus(Duration.ofHours(2)));
        assertThat(retire(true)).isEmpty();
        assertThat(world.checks).containsKey(id);
        assertThat(world.tags.get(id)).doesNotContainKey(OwnCheck.UNUSED);
    }

    @Test
    void aSecondProgramOfTheOwnerDoesNotLoseWhatTheFirstOneIsAboutToUse() {
        String id = checks.ensure(CHECK); // and its record is not written yet
        HealthChecks other = checks("blue");
        assertThat(retire(other, true)).containsExactly(id + " MARKED");
        send(create(id));
        now = now.plus(HealthChecks.GRACE).plusSeconds(1);
        assertThat(retire(other, true)).isEmpty();
        assertThat(world.checks).containsKey(id);
        assertThat(world.tags.get(id)).doesNotContainKey(OwnCheck.UNUSED);
    }

    @Test
    void whatWasLookedAtTooLongAgoIsNotSent() {
        String id = checks.ensure(CHECK);
        now = now.plusSeconds(61);
        assertThatThrownBy(() -> send(create(id)))
                .isInstanceOfSatisfying(
                        AwsCallException.class, e -> assertThat(e.code()).isEqualTo("NoSuchHealthCheck"))
                .hasMessageContaining("name='api.example.com.'");
        assertThat(world.records).isEmpty();
        assertThat(checks.ensure(CHECK)).isEqualTo(id);
        send(create(id));
        now = now.plusSeconds(3600);
        assertThat(checks.usable(CHECK, Set.of(id))).contains(id); // its record keeps it
    }

    /** A wish of one zone may name the check of another by its id. */
    @Test
    void oneThatAnotherZoneIsAboutToUseStays() {
        ChecksInHand hand = new ChecksInHand(() -> now);
        checks = world.checks("blue", "Z1", hand, () -> now);
        String id = checks.ensure(CHECK);
        now = now.plus(HealthChecks.GRACE).plusSeconds(1);
        List<OwnCheck> own = checks.look(world.list());
        world.mark(id, now.minus(HealthChecks.GRACE)); // by another program of the owner
        GatedZone other = new GatedZone(
                before(() -> assertThat(checks.retire(own, Set.of(), now, true)).isEmpty()),
                world.checks("blue", "Z2", hand, () -> now));

        assertThat(other.change(List.of(create(id)))).isNotEmpty();

        assertThat(world.checks).containsKey(id);
    }

    @Test
    void oneThatIsOnItsWayOutIsBroughtToNoRecordOfAnotherZone() {
        ChecksInHand hand = new ChecksInHand(() -> now);
        checks = world.checks("blue", "Z1", hand, () -> now);
        String id = checks.ensure(CHECK);
        now = now.plus(HealthChecks.GRACE).plusSeconds(1);
        assertThat(retire(true)).containsExactly(id + " MARKED");
        GatedZone other = new GatedZone(world, world.checks("blue", "Z2", hand, () -> now));

        assertThatThrownBy(() -> other.change(List.of(create(id))))
                .isInstanceOf(AwsCallException.class)
                .hasMessageContaining("on its way out", "name='api.example.com.'");
        assertThat(world.records).isEmpty();

        now = now.plus(HealthChecks.GRACE);
        assertThat(retire(true)).as("nobody has it in hand").containsExactly(id + " DELETED");
    }

    /** It is not ours to take away any more, and who names it by its id may have it. */
    @Test
    void oneThatIsAnotherOwnersByItsTagsMayBeNamedByItsId() {
        String id = checks.ensure(CHECK);
        world.tags.get(id).put(OwnCheck.OWNER, "red");
        now = now.plusSeconds(61);
        checks.refresh();

        send(create(id));

        assertThat(world.records.values()).containsExactly(record(id));
    }

    /** The zone, and what happens while a change is under way. */
    private ZoneCalls before(Runnable meanwhile) {
        return new ZoneCalls() {
            @Override
            public String change(List<SetChange> changes) {
                meanwhile.run();
                return world.change(changes);
            }

            @Override
            public Page list(Optional<Position> from) {
                return world.list(from);
            }

            @Override
            public boolean isInSync(String changeId) {
                return world.isInSync(changeId);
            }
        };
    }

    @Test
    void anUnansweredChangeKeepsAllFromGoingForTheGrace() {
        String id = checks.ensure(CHECK);
        String marked = checks.ensure(OTHER);
        world.mark(marked, now.minus(Duration.ofHours(2)));
        restart();
        checks.refresh();
        String again = checks.ensure(CHECK);
        assertThat(again).isEqualTo(id);
        world.fate = Fate.LOST;
        assertThatThrownBy(() -> send(create(id))).isInstanceOf(AwsCallException.class);
        assertThat(retire(true)).isEmpty();
        now = now.plus(HealthChecks.GRACE).plusSeconds(1);
        assertThat(retire(true)).containsExactly(marked + " DELETED");
    }

    @Test
    void oneThatWasDeletedByHandIsMadeAnewAndOneThatWasChangedIsReplaced() {
        String id = checks.ensure(CHECK);
        send(create(id));
        world.checks.remove(id);
        now = now.plusSeconds(61);
        checks.refresh();
        assertThat(checks.texts().read(List.of(record(id)))).containsExactly(record(id));
        String second = checks.ensure(CHECK);
        assertThat(second).isNotEqualTo(id);

        world.checks.put(
                second,
                new HealthCalls.Found(second, world.checks.get(second).reference(), TargetCheck.read(OTHER), Set.of()));
        now = now.plusSeconds(61);
        checks.refresh();
        assertThat(checks.ensure(CHECK)).isNotEqualTo(second);
    }

    @Test
    void whatIsNotOursStays() {
        String id = checks.ensure(CHECK);
        String hand = world.byHand("my-own", TargetCheck.read(CHECK).orElseThrow());
        world.mark(hand, now.minus(Duration.ofHours(2)));
        world.tags.get(id).put(OwnCheck.OWNER, "red");
        world.mark(id, now.minus(Duration.ofHours(2)));
        now = now.plus(HealthChecks.GRACE).plusSeconds(1);
        world.calls();
        assertThat(retire(true)).isEmpty();
        assertThat(world.calls).containsExactly("ListHealthChecks", "ListTagsForResources");
        assertThat(retire(checks("green"), true)).isEmpty();
        assertThat(world.checks).containsKeys(id, hand);
        assertThat(checks.ensure(CHECK)).isNotEqualTo(id);
    }

    @Test
    void oneThatFailsKeepsNoOtherAndIsLeftAloneForAWhile() {
        String first = checks.ensure(CHECK);
        String second = checks.ensure(OTHER);
        world.mark(first, now);
        world.mark(second, now);
        restart();
        now = now.plus(HealthChecks.GRACE);
        world.deny("DeleteHealthCheck", true);
        assertThat(retire(true)).containsExactly(first + " FAILED", second + " FAILED");
        world.deny("DeleteHealthCheck", false);
        assertThat(retire(true)).isEmpty();
        now = now.plusSeconds(60);
        assertThat(retire(true)).containsExactly(first + " DELETED", second + " DELETED");
    }

    @Test
    void oneWhoseMarkWasRefusedMayBeBroughtAgain() {
        String id = checks.ensure(CHECK);
        now = now.plus(HealthChecks.GRACE).plusSeconds(1);
        world.deny("ChangeTagsForResource", true);
        assertThat(retire(true)).containsExactly(id + " FAILED");
        world.deny("ChangeTagsForResource", false);

        assertThat(checks.ensure(CHECK)).isEqualTo(id);
        send(create(id));

        assertThat(world.records.values()).containsExactly(record(id));
    }

    @Test
    void oneThatIsGoneBetweenIsForgotten() {
        String first = checks.ensure(CHECK);
        String second = checks.ensure(OTHER);
        world.mark(first, now);
        world.mark(second, now);
        restart();
        now = now.plus(HealthChecks.GRACE);
        List<OwnCheck> own = checks.look(world.list());
        world.checks.remove(first);
        assertThat(checks.retire(own, Set.of(), now, true))
                .extracting(one -> one.id() + one.state())
                .containsExactly(second + State.DELETED);
    }

    @Test
    void denialIsToldAndHeals() {
        world.deny("ListHealthChecks", true);
        assertThatThrownBy(() -> checks.ensure(CHECK)).isInstanceOf(AccessDeniedException.class);
        assertThat(checks.texts().read(List.of(record("any")))).containsExactly(record("any"));
        world.deny("ListHealthChecks", false);
        assertThat(checks.ensure(CHECK)).isEqualTo("id-1");
    }

    @Test
    void aPlanIsFilledWithIdsAndWhatIsThereAlreadyIsLeftOut() {
        NamePlan plan = new NamePlan(
                DnsName.of("api.example.com"),
                List.of(new SetChange(Optional.of(record("id-7")), Optional.of(record(CHECK)))),
                List.of(),
                List.of());
        assertThat(HealthTexts.wanted(plan)).isEqualTo(Map.of(CHECK, Set.of("id-7")));
        assertThat(HealthTexts.filled(plan, Map.of(CHECK, "id-8")).changes())
                .containsExactly(new SetChange(Optional.of(record("id-7")), Optional.of(record("id-8"))));
        assertThat(HealthTexts.filled(plan, Map.of(CHECK, "id-7")).isEmpty()).isTrue();
        assertThat(HealthTexts.of(Map.of(OTHER, "id-7")).before(plan)).isEqualTo(plan);
    }

    /** In zones that the filter leaves out, and where one of those cannot be read. */
    @Test
    void whatIsUsedElsewhereStays_andNothingIsDeletedWhereSomethingIsUnread() {
        String id = checks.ensure(CHECK);
        send(create(id));
        send(new SetChange(Optional.of(record(id)), Optional.empty()));
        now = now.plus(HealthChecks.GRACE).plusSeconds(1);
        Retirement marks = world.retirement(checks, () -> now);
        assertThat(marks.end(Set.of(), List.of()).with(State.MARKED)).hasSize(1);
        now = now.plus(HealthChecks.GRACE).plusSeconds(1);

        Retirement unread = world.retirement(
                checks, () -> now, () -> new ChecksElsewhere.Uses(Set.of(), List.of("other.example cannot be read")));
        RetiredChecks held = unread.end(Set.of(), List.of());
        assertThat(held.checks()).isEmpty();
        assertThat(held.why()).containsExactly("other.example cannot be read");

        Retirement used = world.retirement(checks, () -> now, () -> new ChecksElsewhere.Uses(Set.of(id), List.of()));
        assertThat(used.end(Set.of(), List.of()).with(State.DELETED)).isEmpty();
        assertThat(world.checks).hasSize(1);

        Retirement inUseHere = world.retirement(checks, () -> now, () -> {
            throw new AssertionError("nobody is asked who need not be");
        });
        assertThat(inUseHere.end(Set.of(id), List.of()).checks()).isEmpty();
    }
}
