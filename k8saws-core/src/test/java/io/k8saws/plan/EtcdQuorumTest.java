package io.k8saws.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.cluster.ClusterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("No plan empties more etcd members at once than their cluster can lose")
class EtcdQuorumTest {
    private static Change change(Action action, Cause.Kind cause, String volume) {
        return new Change(
                ResourceAddress.parse("volume/" + volume),
                action,
                Risk.DATA_LOSS,
                new Cause(cause, ""),
                Optional.of("vol-" + volume),
                List.of(),
                List.of());
    }

    private static List<Change> changes(Action action, Cause.Kind cause, String prefix, int from, int count) {
        List<Change> changes = new ArrayList<>();
        for (int number = from; number < from + count; number++) {
            changes.add(change(action, cause, prefix + number));
        }
        return changes;
    }

    private static List<Change> replaced(String prefix, int count) {
        return changes(Action.REPLACE, Cause.Kind.SPEC, prefix, 1, count);
    }

    private static Plan plan(int members, List<Change> changes) {
        ClusterSpec spec = Plans.spec().withEtcd(etcd -> etcd.members(members).events(events -> {}));
        return new Plan(
                Plan.Purpose.CONVERGE,
                spec.name(),
                spec.region(),
                "111122223333",
                Optional.of(spec),
                1,
                changes,
                100,
                List.of());
    }

    @ParameterizedTest(name = "{1} of {0} members")
    @CsvSource({"1, 0", "3, 1", "5, 2", "7, 3"})
    void asManyAsTheClusterCanLose(int members, int most) {
        for (String prefix : List.of("etcd-main-", "etcd-events-")) {
            Plan accepted = plan(members, replaced(prefix, most));
            assertThat(accepted.requireEtcdQuorum()).isSameAs(accepted);

            assertThatThrownBy(() -> plan(members, replaced(prefix, most + 1)).requireEtcdQuorum())
                    .isInstanceOfSatisfying(PlanRefusedException.class, e -> assertThat(e.refused())
                            .isEqualTo(replaced(prefix, most + 1)))
                    .hasMessageContaining("etcd's quorum was required")
                    .hasMessageContaining("etcd.zones")
                    .hasMessageNotContaining("leave the guard out");
        }
    }

    @Test
    void newMembersHaveNoVoteYet() {
        List<Change> changes = new ArrayList<>(changes(Action.CREATE, Cause.Kind.SPEC, "etcd-main-", 4, 2));
        changes.addAll(replaced("etcd-main-", 2));

        assertThatThrownBy(() -> plan(5, changes).requireEtcdQuorum()).isInstanceOf(PlanRefusedException.class);
    }

    @ParameterizedTest(name = "{0} -> {1} members, {2} replaced: {3}")
    @CsvSource({"5, 3, 0, true", "7, 5, 1, true", "5, 3, 1, false", "5, 3, 2, false", "7, 5, 2, false", "3, 1, 0, false"
    })
    void membersThatLeaveTakeTheirDataAlong(int before, int after, int replaced, boolean accepted) {
        List<Change> changes = new ArrayList<>(
                changes(Action.DELETE, Cause.Kind.NO_LONGER_WANTED, "etcd-main-", after + 1, before - after));
        changes.addAll(replaced("etcd-main-", replaced));
        Plan plan = plan(after, changes);

        if (accepted) {
            assertThat(plan.requireEtcdQuorum()).isSameAs(plan);
        } else {
            assertThatThrownBy(plan::requireEtcdQuorum)
                    .isInstanceOfSatisfying(PlanRefusedException.class, e -> assertThat(e.refused())
                            .isEqualTo(changes));
        }
    }

    @Test
    void aClusterForEventsMayGoAsAWhole() {
        List<Change> changes = changes(Action.DELETE, Cause.Kind.NO_LONGER_WANTED, "etcd-events-", 1, 3);
        Plan plan = new Plan(
                Plan.Purpose.CONVERGE,
                "payments",
                "eu-west-1",
                "111122223333",
                Optional.of(Plans.spec()),
                1,
                changes,
                100,
                List.of());

        assertThat(plan.requireEtcdQuorum()).isSameAs(plan);
    }

    @Test
    void twinsHaveNone() {
        List<Change> changes = new ArrayList<>(changes(Action.DELETE, Cause.Kind.DUPLICATE, "etcd-main-", 1, 2));
        changes.addAll(replaced("etcd-main-", 2));

        assertThatThrownBy(() -> plan(3, changes).requireEtcdQuorum()).isInstanceOf(PlanRefusedException.class);
    }

    @Test
    void otherDisksAreNoneOfEtcds() {
        assertThat(plan(3, replaced("pvc-", 3)).requireEtcdQuorum().changes()).hasSize(3);
    }
}
