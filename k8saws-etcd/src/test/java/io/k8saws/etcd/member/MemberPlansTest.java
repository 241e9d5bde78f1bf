package io.k8saws.etcd.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.EtcdMember;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.health.MemberState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is planned for each state that can be observed. Clusters are written as in {@link Healths}. */
class MemberPlansTest {
    private static String steps(MemberPlan plan) {
        return plan.steps().stream().map(MemberStep::toString).collect(Collectors.joining(", "));
    }

    /** c is to be replaced by d: each state between the first and the last, and what may come in between. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "a* b c-      | remove c, add learner http://10.0.0.4:2380, start http://10.0.0.4:2380, promote http://10.0.0.4:2380 | -",
                "a* b c       | remove c, add learner http://10.0.0.4:2380, start http://10.0.0.4:2380, promote http://10.0.0.4:2380 | -",
                "a b c*       | move leader a, remove c, add learner http://10.0.0.4:2380, start http://10.0.0.4:2380, promote http://10.0.0.4:2380 | -",
                "a* b         | add learner http://10.0.0.4:2380, start http://10.0.0.4:2380, promote http://10.0.0.4:2380 | -",
                "a* b d?      | start http://10.0.0.4:2380, promote http://10.0.0.4:2380 | -",
                "a* b d+      | promote d | -",
                "a* b d+-     | start d, promote d | -",
                "a* b d-      | ''        | d is not well: it is away; it votes already",
                "a* b c- d-   | remove c  | d is not well: it is away; it votes already",
                "a* b d       | ''        | -",
                "a* b- c-     | remove c, add learner http://10.0.0.4:2380, start http://10.0.0.4:2380, promote http://10.0.0.4:2380 | b is not well: it is away",
                "a* b-        | add learner http://10.0.0.4:2380, start http://10.0.0.4:2380, promote http://10.0.0.4:2380 | b is not well: it is away",
                "a* b- d+     | promote d | b is not well: it is away",
                "a* b e+ c-   | remove c, add learner http://10.0.0.4:2380, start http://10.0.0.4:2380, promote http://10.0.0.4:2380 | e is a learner already",
                "a* b e       | add learner http://10.0.0.4:2380, start http://10.0.0.4:2380, promote http://10.0.0.4:2380 | there are 3 voting members without",
                "a b c-       | remove c, add learner http://10.0.0.4:2380, start http://10.0.0.4:2380, promote http://10.0.0.4:2380 | there is no leader",
            })
    void aReplacement(String cluster, String steps, String refusal) {
        MemberChange change = MemberChange.replace(Healths.of("a* b c"), "c", "d", Healths.peer('d'));

        MemberPlan plan = change.plan(Healths.of(cluster));

        assertThat(steps(plan)).isEqualTo(steps);
        if (refusal == null) {
            assertThat(plan.refusals()).isEmpty();
        } else {
            assertThat(plan.refusals()).anyMatch(why -> why.startsWith(refusal));
        }
    }

    /** c of five is to be replaced by d while f is away, too: what is away may leave, and nobody is added meanwhile. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "a* b e f- c-  | remove c, add learner http://10.0.0.4:2380, start http://10.0.0.4:2380, promote http://10.0.0.4:2380 | -",
                "a* b e f- c+- | remove c, add learner http://10.0.0.4:2380, start http://10.0.0.4:2380, promote http://10.0.0.4:2380 | -",
                "a* b e f- c   | remove c, add learner http://10.0.0.4:2380, start http://10.0.0.4:2380, promote http://10.0.0.4:2380 | f is not well: it is away",
                "a* b e- f- c- | remove c, add learner http://10.0.0.4:2380, start http://10.0.0.4:2380, promote http://10.0.0.4:2380 | f is not well: it is away",
                "a* b e f-     | add learner http://10.0.0.4:2380, start http://10.0.0.4:2380, promote http://10.0.0.4:2380 | f is not well: it is away",
                "a* b e f- d?  | start http://10.0.0.4:2380, promote http://10.0.0.4:2380 | -",
                "a* b e f- d+  | promote d | -",
                "a* b e- f- d+ | promote d | the quorum is lost, 2 of 4",
            })
    void aReplacementWhileAnotherIsAway(String cluster, String steps, String refusal) {
        MemberChange change = lost();

        MemberPlan plan = change.plan(Healths.of(cluster));

        assertThat(steps(plan)).isEqualTo(steps);
        if (refusal == null) {
            assertThat(plan.refusals()).isEmpty();
        } else {
            assertThat(plan.refusals()).anyMatch(why -> why.startsWith(refusal));
        }
    }

    /** The replacement of c, whose disk is lost, by d. */
    private static MemberChange lost() {
        return new MemberChange(
                Optional.of(Healths.id('c')), Optional.of("d"), Optional.of(Healths.peer('d')), 5, true);
    }

    /** What does not answer from here may be well for the others, so that without it one fewer may fail. */
    @Test
    void whatOnlyDoesNotAnswerDoesNotLeaveWhileAnotherIsAway() {
        MemberChange change = MemberChange.replace(Healths.of("a* b c e f"), "c", "d", Healths.peer('d'));

        assertThat(change.plan(Healths.of("a* b e f- c-")).refusals()).containsExactly("f is not well: it is away");
        assertThat(MemberChange.shrink(Healths.of("a* b c e f"), "c")
                        .plan(Healths.of("a* b e f- c-"))
                        .refusals())
                .containsExactly("f is not well: it is away");
    }

    @Test
    void whoIsAwayWhileALostOneLeavesIsTold() {
        assertThat(lost().plan(Healths.of("a* b e f- c-")).remarks())
                .containsExactly("f is not well: it is away; nobody is added until it is back or has left, too");
    }

    /** The usual case on machines with addresses for life: the new one has the old one's name and URL. */
    @Test
    void aReplacementAtTheSameAddress() {
        MemberChange change = MemberChange.replace(Healths.of("a* b c-"), "c", "c", Healths.peer('c'));

        assertThat(steps(change.plan(Healths.of("a* b c-"))))
                .isEqualTo(
                        "remove c, add learner http://10.0.0.3:2380, start http://10.0.0.3:2380, promote http://10.0.0.3:2380");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "a* b c   | remove c                | -",
                "a b c*   | move leader a, remove c | -",
                "a* b     | ''                      | -",
                "a* b- c  | remove c                | b is not well",
            })
    void oneLess(String cluster, String steps, String refusal) {
        MemberPlan plan = MemberChange.shrink(Healths.of("a* b c"), "c").plan(Healths.of(cluster));

        assertThat(steps(plan)).isEqualTo(steps);
        assertThat(plan.refusals().isEmpty()).isEqualTo(refusal == null);
        if (refusal != null) {
            assertThat(plan.refusals().get(0)).startsWith(refusal);
        }
    }

    @Test
    void theLastOneStays() {
        assertThatThrownBy(() -> MemberChange.shrink(Healths.of("a*"), "a")
                        .plan(Healths.of("a*"))
                        .requireAllowed())
                .isInstanceOf(MembersRefusedException.class)
                .hasMessageContaining("a is the only voting member");
        assertThatThrownBy(() -> MemberChange.shrink(Healths.of("a* b"), "c"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no member c");
    }

    /** The data directory of one was copied to another, or a name was given twice; etcd does not mind. */
    @Test
    void ofTwoWithOneNameTheIdTells() {
        List<MemberHealth> members = new ArrayList<>(Healths.of("a* b c").members());
        MemberHealth b = members.get(1);
        members.set(
                2,
                new MemberHealth(
                        new EtcdMember(Healths.id('c'), "b", List.of(Healths.peer('c')), List.of(), false, ""),
                        b.endpoint(),
                        b.state(),
                        ""));
        EtcdHealth health = new EtcdHealth("ff", members, List.of(), List.of(), Instant.EPOCH);

        assertThatThrownBy(() -> MemberChange.shrink(health, "b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("000000000000000b or 000000000000000c");
        assertThat(MemberChange.shrink(health, Healths.id('c')).removed()).contains(Healths.id('c'));
    }

    @Test
    void oneMoreTellsOfEvenNumbers() {
        MemberPlan plan =
                MemberChange.grow(Healths.of("a* b c"), "d", Healths.peer('d')).plan(Healths.of("a* b c"));

        assertThat(plan.remarks()).containsExactly("4 voting members tolerate no more than 3; take an odd number");
        assertThat(plan).hasToString("""
                add member d, etcd 00000000000000ff: 3 steps

                   STEP         MEMBER                ID
                1  add learner  http://10.0.0.4:2380      it gets all data before it gets a vote
                2  start        http://10.0.0.4:2380      on an empty data directory
                3  promote      http://10.0.0.4:2380      once it is as far as the leader

                note: 4 voting members tolerate no more than 3; take an odd number""");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "a*:100/90 b:100/90 c:100/90 | ''                                                    | -",
                "a*:900/90 b:900/90 c:900/90 | defragment b, defragment c, move leader b, defragment a | -",
                "a:900/90 b*:900/90 c:100/90 | defragment a, move leader a, defragment b              | -",
                "a:900/90 b*:900/90 c-       | defragment a, move leader a, defragment b              | c is not well: it is away",
                "a*:900/90                   | defragment a                                          | a is the only voting member",
                "a*:900/90 b:100/90          | move leader b, defragment a                           | a is one of two voting members",
                "a*:100/90 b:900/90          | defragment b                                          | b is one of two voting members",
                "a*:900/90 b+:900/90         | defragment b, defragment a                            | a is the only voting member",
                "a*:120/60 b:90/1 c:900/600  | ''                                                    | -",
            })
    void aDefragmentation(String cluster, String steps, String refusal) {
        MemberPlan plan = Defragmentation.defaults().plan(Healths.of(cluster));

        assertThat(steps(plan)).isEqualTo(steps);
        assertThat(plan.refusals().isEmpty()).isEqualTo(refusal == null);
        if (refusal != null) {
            assertThat(plan.refusals().get(0)).startsWith(refusal);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "a*=3.5.9 b=3.5.9 c=3.5.9  | upgrade b, upgrade c, move leader b, upgrade a  | -",
                "a*=3.5.9 b=3.6.10 c=3.5.9 | upgrade c, move leader b, upgrade a             | -",
                "a* b c+=3.5.9 d=3.5.9     | upgrade c, upgrade d                            | -",
                "a* b c                    | ''                                              | -",
                "a*=3.4.23 b c             | move leader b, upgrade a                        | a runs 3.4.23: upgrade to 3.5 first",
                "a*=3.7.1 b c              | move leader b, upgrade a                        | a runs 3.7.1, which is newer",
                "a*=3.5.9 b=3.5.9 c-       | upgrade b, move leader b, upgrade a             | c is not well",
                "a* b c-                   | ''                                              | c is not well: it is away",
                "a* b c?                   | ''                                              | http://10.0.0.3:2380 is not well: it is away",
                "a* b=3.6.12 c             | upgrade b                                       | b runs 3.6.12, which is newer",
                "a* b=3.6.9 c              | upgrade b                                       | -",
            })
    void anUpgrade(String cluster, String steps, String refusal) {
        MemberPlan plan = new UpgradeOrder("3.6.10").plan(Healths.of(cluster));

        assertThat(steps(plan)).isEqualTo(steps);
        assertThat(plan.refusals().isEmpty()).isEqualTo(refusal == null);
        if (refusal != null) {
            assertThat(plan.refusals().get(0)).startsWith(refusal);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "a* b c  | a | ''            | -",
                "a* b c  | b | move leader b | -",
                "a* b c+ | c | move leader c | c is a learner",
                "a* b c- | c | move leader c | c is not well",
                "a b c   | b | move leader b | b is not well",
                "a* b c  | x | move leader x | there is no member x",
            })
    void anotherLeader(String cluster, String to, String steps, String refusal) {
        MemberPlan plan = new LeaderMove(to).plan(Healths.of(cluster));

        assertThat(steps(plan)).isEqualTo(steps);
        assertThat(plan.refusals().isEmpty()).isEqualTo(refusal == null);
        if (refusal != null) {
            assertThat(plan.refusals().get(0)).startsWith(refusal);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a*=3.5.9                  | with one voting member nobody is answered while it is away",
                "a*=3.5.9 b=3.5.9          | with two voting members nobody is answered while one of them is away",
                "a*=3.5.9 b=3.5.9 c=3.5.9  | ''",
                "a* b c+=3.5.9             | ''",
            })
    void anUpgradeWithAnOutageSaysSo(String cluster, String remark) {
        assertThat(String.join(
                        "", new UpgradeOrder("3.6.10").plan(Healths.of(cluster)).remarks()))
                .isEqualTo(remark);
    }

    @Test
    void aRewriteOfOneOfTwoMayBeAllowed() {
        assertThat(new Defragmentation(0.45, 1, true)
                        .plan(Healths.of("a*:900/90 b:900/90"))
                        .refusals())
                .isEmpty();
    }

    private static final Instant LOST = Instant.parse("2026-11-27T10:00:00Z");
    private static final Instant TAKEN = Instant.parse("2026-11-27T09:00:00Z");

    private static QuorumRecovery recovery(String cluster, Optional<Long> backupRevision) {
        EtcdHealth health = Healths.of(cluster);
        return QuorumRecovery.plan(
                health,
                LOST,
                backupRevision.map(revision -> new QuorumRecovery.Source.Backup("nightly", revision, TAKEN)));
    }

    /** What is left is taken unless the backup has more. */
    @Test
    void aLostQuorum() {
        assertThat(recovery("a b- c-", Optional.of(90L)).source())
                .isEqualTo(new QuorumRecovery.Source.Survivor("a", 100));
        assertThat(recovery("a b- c-", Optional.of(90L)).lossSince()).isEqualTo(LOST);
        assertThat(recovery("a b- c-", Optional.of(200L)).lossSince()).isEqualTo(TAKEN);
        assertThat(recovery("a- b- c-", Optional.of(90L)).source()).isInstanceOf(QuorumRecovery.Source.Backup.class);
        assertThat(recovery("a- b- c-", Optional.empty()).refusals())
                .containsExactly("no member answers, and there is no backup");
        assertThat(recovery("a* b c-", Optional.of(90L)).refusals().get(0)).startsWith("the quorum holds");
        assertThat(recovery("a- b- c- d+", Optional.of(90L)).source())
                .isEqualTo(new QuorumRecovery.Source.Survivor("d", 100));
    }

    /** Who is dead cannot be stopped; who is only cut off must not come back. */
    @Test
    void aRecoveryStopsWhoRunsAndNamesWhoIsSilent() {
        assertThat(recovery("a b- c-", Optional.empty()).steps().get(1))
                .isEqualTo("stop the members that still run: a; b, c did not answer: see that none of them runs or"
                        + " comes back; keep all data directories aside");
        assertThat(recovery("a- b- c-", Optional.of(90L)).steps().get(1))
                .isEqualTo("a, b, c did not answer: see that none of them runs or comes back; keep all data"
                        + " directories aside");
    }

    private static MemberHealth at(String name, long term, long index, long applied) {
        MemberHealth plain = Healths.of(name).members().get(0);
        MemberState state = plain.state().orElseThrow();
        return new MemberHealth(
                plain.member(),
                plain.endpoint(),
                Optional.of(new MemberState(
                        state.version(), "", 1, 1, state.quota(), "", applied, term, index, applied, List.of())),
                "");
    }

    /** One that was cut off has campaigned, so its term is higher, and it lacks what the others have agreed on meanwhile. */
    @Test
    void theSurvivorWithTheMostDataIsTaken() {
        MemberHealth cutOff = at("a", 9, 50, 50);
        MemberHealth full = at("b", 4, 90, 90);
        for (List<MemberHealth> order : List.of(List.of(cutOff, full), List.of(full, cutOff))) {
            List<MemberHealth> members = new ArrayList<>(order);
            members.addAll(Healths.of("c- d- e-").members());
            EtcdHealth health = new EtcdHealth("ff", members, List.of(), List.of(), Instant.EPOCH);

            assertThat(QuorumRecovery.plan(health, LOST, Optional.empty()).source())
                    .isEqualTo(new QuorumRecovery.Source.Survivor("b", 90));
        }
    }

    @Test
    void aLossNeedsConsent() {
        QuorumRecovery plan = recovery("a- b- c-", Optional.of(90L));

        assertThatThrownBy(plan::requireConfirmed)
                .isInstanceOf(MembersRefusedException.class)
                .hasMessageContaining("writes since 2026-11-27T09:00:00Z are lost, and nobody has agreed to that");
        assertThatThrownBy(() -> plan.confirmDataLossSince(TAKEN.plusSeconds(1)))
                .isInstanceOf(MembersRefusedException.class)
                .hasMessageContaining("which is more than those since");
        assertThat(plan.confirmDataLossSince(TAKEN).requireConfirmed().confirmed())
                .contains(TAKEN);
        assertThatThrownBy(() -> recovery("a* b c", Optional.of(90L)).confirmDataLossSince(Instant.EPOCH))
                .hasMessageContaining("the quorum holds");
        assertThat(plan.toString()).contains("LOST: what was written since 2026-11-27T09:00:00Z", "not confirmed");
    }
}
