package io.k8saws.pki;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.pki.RotationWorld.Driver;
import io.k8saws.pki.RotationWorld.Scope;
import io.k8saws.pki.RotationWorld.Search;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.statistics.Statistics;

/** Each verifier trusts each signer in use, whoever picks up what when; and a rotation with a mistake in it does not keep that. */
class RotationModelTest {
    private static final Set<String> EVERYTHING = Set.of(
            "TRUST_BOTH",
            "SIGN_WITH_NEW",
            "REISSUE",
            "DROP_OLD",
            "DONE",
            "TRUST_BOTH back",
            "SIGN_WITH_NEW back",
            "REISSUE back",
            "DROP_OLD back",
            "DONE back");

    private static Collection<Rotation> right(Rotation rotation, List<ObservedTrust> world, Instant now) {
        List<Rotation> next = new ArrayList<>();
        if (rotation.phase() != RotationPhase.DONE) {
            if (rotation.blockers(world, now).isEmpty()) {
                next.add(rotation.advance(world, now));
            }
            next.add(rotation.rollBack(now));
        }
        return next;
    }

    @Example
    void everyInterleavingOfASmallClusterKeepsTheInvariant() {
        for (Scope scope : List.of(
                new Scope(2, false, true, 0),
                new Scope(0, true, true, 0),
                new Scope(1, true, true, 0),
                new Scope(0, true, false, 1),
                new Scope(0, false, true, 2))) {
            assertSafe(scope, "api-1");
        }
        assertSafe(new Scope(1, false, true, 0), "api-1", "kubelet-1");
        assertSafe(new Scope(0, false, true, 0), "api-1", "api-2");
        assertSafe(new Scope(0, true, false, 0), "api-1", "kubelet-1");
    }

    private static void assertSafe(Scope scope, String... names) {
        Search search =
                RotationWorld.begin(RotationWorld.rotation(scope), names).searchAll(RotationModelTest::right, scope);

        assertThat(search.violation()).as("%s", scope).isEmpty();
        assertThat(search.reached()).as("%s", scope).isEqualTo(EVERYTHING);
    }

    @Property(tries = 400)
    void everyWalkThroughALargerClusterKeepsTheInvariant(
            @ForAll @Size(min = 100, max = 600) List<@IntRange(max = 9_999) Integer> choices) {
        Scope scope = new Scope(3, true, true, 2);
        RotationWorld world =
                RotationWorld.begin(RotationWorld.rotation(scope), "api-1", "api-2", "api-3", "kubelet-1", "kubelet-2");

        int steps = 0;
        for (int choice : choices) {
            List<RotationWorld> next = likely(world, choice, world.successors(RotationModelTest::right, scope));
            RotationWorld chosen = next.get(choice / 16 % next.size());
            steps += chosen.rotation().equals(world.rotation()) ? 0 : 1;
            world = chosen;

            assertThat(world.violation()).isEmpty();
        }
        Statistics.label("steps of the rotation").collect(Math.min(steps, 8));
    }

    /** Lets turning back and restarts be seldom, and takes every second chance to go on: else a walk would never come far. */
    private static List<RotationWorld> likely(RotationWorld world, int choice, List<RotationWorld> all) {
        if (choice % 16 == 0) {
            return all;
        }
        List<RotationWorld> ahead =
                all.stream().filter(next -> ahead(world, next)).toList();
        if (choice % 2 == 0 && !ahead.isEmpty()) {
            return ahead;
        }
        List<RotationWorld> quiet = all.stream()
                .filter(next -> next.rotation().equals(world.rotation()) && starting(next) <= starting(world))
                .toList();
        return quiet.isEmpty() ? all : quiet;
    }

    private static boolean ahead(RotationWorld world, RotationWorld next) {
        return next.rotation().from().equals(world.rotation().from())
                && !next.rotation().phase().equals(world.rotation().phase());
    }

    private static long starting(RotationWorld world) {
        return world.components().stream().filter(c -> c.loaded() == null).count();
    }

    @Example
    void whoDropsTheOldKeyBeforeReissuingIsCaught() {
        assertCaught(new Scope(0, false, false, 0), (rotation, world, now) -> {
            Rotation next = rotation.blockers(world, now).isEmpty() ? rotation.advance(world, now) : rotation;
            return List.of(
                    next.phase() == RotationPhase.REISSUE ? in(next, RotationPhase.DROP_OLD, Duration.ZERO) : next);
        });
    }

    @Example
    void whoSignsBeforeAllTrustIsCaught() {
        assertCaught(
                new Scope(0, false, false, 0),
                (rotation, world, now) -> rotation.phase() == RotationPhase.TRUST_BOTH
                        ? List.of(in(rotation, RotationPhase.SIGN_WITH_NEW, Duration.ZERO))
                        : right(rotation, world, now));
    }

    @Example
    void whoDropsTheOldKeyWhileItsTokensLiveIsCaught() {
        assertCaught(
                new Scope(2, false, false, 0),
                (rotation, world, now) -> right(in(rotation, rotation.phase(), Duration.ZERO), world, now));
    }

    @Example
    void whoDoesNotWaitForThoseThatStartIsCaught() {
        assertCaught(new Scope(0, false, true, 0), looking(ObservedTrust::known));
    }

    @Example
    void whoDoesNotLookAtTheFilesIsCaught() {
        assertCaught(
                new Scope(0, true, true, 0), looking(seen -> !seen.component().startsWith("files of api")));
    }

    @Example
    void whoForgetsWhatNewMachinesBootWithIsCaught() {
        assertCaught(
                new Scope(0, true, false, 1), looking(seen -> !seen.component().equals("files of new machines")));
    }

    @Example
    void whoWritesFilesBeforeSavingIsCaught() {
        assertCaught(new Scope(0, false, false, 0, true), RotationModelTest::right);
    }

    @Example
    void whoRollsBackAsIfAllTrustedBothIsCaught() {
        assertCaught(
                new Scope(0, false, false, 0),
                (rotation, world, now) -> rotation.phase() == RotationPhase.TRUST_BOTH
                        ? List.of(in(
                                new Rotation(
                                        rotation.key(),
                                        rotation.to(),
                                        rotation.from(),
                                        rotation.phase(),
                                        now,
                                        Duration.ZERO),
                                RotationPhase.SIGN_WITH_NEW,
                                Duration.ZERO))
                        : right(rotation, world, now));
    }

    /** A driver that does not see everything. */
    private static Driver looking(Predicate<ObservedTrust> at) {
        return (rotation, world, now) ->
                right(rotation, world.stream().filter(at).toList(), now);
    }

    private static Rotation in(Rotation rotation, RotationPhase phase, Duration unseenLife) {
        return new Rotation(rotation.key(), rotation.from(), rotation.to(), phase, rotation.since(), unseenLife);
    }

    private static void assertCaught(Scope scope, Driver mistaken) {
        RotationWorld begin = RotationWorld.begin(RotationWorld.rotation(scope), "api-1");

        Scope sound = new Scope(scope.tokenHours(), scope.lag(), scope.restarts(), scope.joins());
        assertThat(begin.searchAll(RotationModelTest::right, sound).violation())
                .as("the right way in the same world")
                .isEmpty();
        assertThat(begin.searchAll(mistaken, scope).violation()).isPresent();
    }
}
