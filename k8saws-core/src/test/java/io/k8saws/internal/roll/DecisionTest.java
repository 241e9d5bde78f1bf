package io.k8saws.internal.roll;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.operate.RollOptions;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecisionTest {
    private static String said(RollView view, Consumer<RollOptions.Builder> change) {
        Decision decision = Decision.of(view, RollViews.old(view), RollViews.parts(view), RollViews.options(change));
        return decision.acts().stream()
                        .map(act -> act instanceof Decision.Act.Replace replace
                                ? (replace.shrink() ? "shrink " : "") + replace.instance()
                                : act instanceof Decision.Act.Grow grow
                                        ? "grow " + grow.part() + " "
                                                + grow.growth().before() + "+"
                                                + grow.growth().by()
                                        : "settle " + ((Decision.Act.Settle) act).part() + " "
                                                + ((Decision.Act.Settle) act).before())
                        .collect(Collectors.joining(", "))
                + decision.waits().stream().map(wait -> "WAIT " + wait).collect(Collectors.joining(", "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // members of etcd: one at a time, and only while all others work
                "etcd-1: a*+ ; etcd-2: b*+ ; etcd-3: c*+                | a",
                "etcd-1: n+ ; etcd-2: b*+ ; etcd-3: c*+                 | b",
                "etcd-1: n- ; etcd-2: b*+ ; etcd-3: c+                  | WAIT etcd-2 waits for etcd-1 n: boots",
                "etcd-1: a*x ; etcd-2: b*+ ; etcd-3: c*+                | WAIT etcd-2 waits for etcd-1: its group has 0 of 1 machines",
                "etcd-1: ; etcd-2: b*+ ; etcd-3: c*+                    | WAIT etcd-2 waits for etcd-1: its group has 0 of 1 machines",
                "etcd-1: n+ ; etcd-2: b+ ; etcd-3: c*-                  | c",
                "etcd-1: a*+ ; etcd-2: b*- ; etcd-3: c*+                | b",
                "etcd-1: a*- ; etcd-2: b*- ; etcd-3: c*+                | WAIT etcd-1 waits for etcd-2 b: boots",
                "etcd-1: n- ; etcd-2: n+ ; etcd-3: n+ ; control-plane 2..2: p*+ q+ | WAIT etcd-1 n: boots",
                "etcd-1: a*+                                            | WAIT etcd-1 waits: of 1 members none may be away",
                // the control plane: after etcd, one at a time
                "etcd-1: a*+ ; etcd-2: b+ ; etcd-3: c+ ; control-plane 3..3: p*+ q+ r+ ; pool-x 1..1: w*+ | a",
                "control-plane 3..3: p*+ q*+ r*+                        | p",
                "control-plane 3..3: n- q*+ r*+                         | WAIT control-plane q waits for control-plane n: boots",
                "control-plane 3..3=3: p*x q*+ r*+                      | WAIT control-plane q waits for control-plane: its group has 1 of 2 machines",
                "control-plane 3..3: n+ q*- r*+                         | q",
                "control-plane 3..3: p*+ q*+d r*+                       | q",
                "control-plane 1..1: p*+                                | WAIT control-plane waits: its only machine may not be away",
                "control-plane 1..2: p*+                                | grow control-plane 1+1",
                "control-plane 1..2(1+1): p*+ n-                        | WAIT control-plane p waits for control-plane n: boots",
                "control-plane 1..2(1+1): p*+ n+                        | shrink p",
                "control-plane 1..2=1(1+1): n+                          | settle control-plane 1",
                "control-plane 3..3: n+ n+ n- ; pool-x 1..1: w*+        | WAIT control-plane n: boots",
                // stacked members: both at once
                "control-plane-1: p*+ ; control-plane-2: q*+ ; control-plane-3: r*+ | p",
                "control-plane-1: n- ; control-plane-2: q*+ ; control-plane-3: r*+  | WAIT control-plane-2 waits for control-plane-1 n: boots",
                // pools without room: one is away at a time
                "pool-x 3..3: a*+ b*+ c*+                               | a",
                "pool-x 3..3: n- b*+ c*+                                | WAIT pool-x waits for pool-x n: boots",
                "pool-x 3..3=3: b*+ c*+                                 | WAIT pool-x waits for pool-x: its group has 2 of 3 machines",
                "pool-x 3..3: a*+ b*- c*+                               | b",
                "pool-x 3..3: a*+d b*+ c*+                              | a",
                "pool-x 3..3: a*+d b*+d c*+                             | a, b",
                // pools with room: the new one comes first
                "pool-x 3..5: a*+ b*+ c*+                               | grow pool-x 3+1",
                "pool-x 3..5=4: a*+ b*+ c*+                             | grow pool-x 4+1",
                "pool-x 3..5=4(3+1): a*+ b*+ c*+                        | WAIT pool-x waits for pool-x: its group has 3 of 4 machines",
                "pool-x 3..5(3+1): a*+ b*+ c*+ n-                       | WAIT pool-x waits for pool-x n: boots",
                "pool-x 3..5(3+1): a*+ b*+ c*+ n+                       | a",
                "pool-x 3..5(3+1): n+ n+ c*+ n+                         | shrink c",
                "pool-x 3..5(3+1): n+ n+ n+ n+                          | settle pool-x 3",
                "pool-x 3..5=3(3+1): n+ n+ n+                           | settle pool-x 3",
                "pool-x 3..9=7(3+1): n+ n+ n+ n+ n+ n+ n+               | settle pool-x 6",
                // several pools side by side
                "pool-x 2..2: a*+ b+ ; pool-y 2..2: c*+ d+              | a, c",
                "pool-x 2..2: a+ b+ ; pool-y 0..5:                      | ''"
            })
    void whatMayBeDoneNext(String cluster, String said) {
        assertThat(said(RollViews.view(cluster), roll -> {})).isEqualTo(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | 0 | pool-x 3..3: a*+ b*+ c*+             | a",
                "2 | 0 | pool-x 3..3: a*+ b*+ c*+             | a, b",
                "3 | 0 | pool-x 3..3: a*+ b*+ c*+             | a, b, c",
                "3 | 0 | pool-x 3..3: a*+d b*+ n-             | a, b",
                "2 | 0 | pool-x 3..3: a*+d b*+ n-             | a",
                "0 | 0 | pool-x 3..3: a*+ b*+ c*+             | WAIT pool-x waits: none of its machines may be away, and it has no room for another",
                "0 | 2 | pool-x 3..5: a*+ b*+ c*+             | grow pool-x 3+2",
                "0 | 2 | pool-x 3..5(3+2): a*+ b*+ c*+ n+ n+  | a, shrink b",
                "1 | 1 | pool-x 3..4(3+1): a*+ b*+ c*+ n+     | a, b",
                "0 | 1 | pool-x 2..3(2+1): a*+ b+ n+          | shrink a"
            })
    void howManyMayBeAway(int maxUnavailable, int surge, String cluster, String said) {
        assertThat(said(RollViews.view(cluster), roll -> roll.maxUnavailable(maxUnavailable)
                        .surge(surge)))
                .isEqualTo(said);
    }

    @Test
    void nothingIsDoneWhileTheApiDoesNotAnswer() {
        RollView seen = RollViews.view("pool-x 1..1: a*+");

        assertThat(said(new RollView(Optional.of("gone"), Optional.empty(), seen.groups()), roll -> {}))
                .isEqualTo("WAIT the API to answer: gone");
    }

    @Test
    void noMemberGoesWhileEtcdHasNoQuorum_andPoolsDoNotMind() {
        RollView seen = RollViews.view("etcd-1: a*+ ; etcd-2: b+ ; etcd-3: c+");

        assertThat(said(new RollView(Optional.empty(), Optional.of("no leader"), seen.groups()), roll -> {}))
                .isEqualTo("WAIT etcd-1 waits for etcd: no leader");
        assertThat(said(
                        new RollView(
                                Optional.empty(),
                                Optional.of("no leader"),
                                RollViews.groups("etcd-1: a+ ; pool-x 1..1: w*+")),
                        roll -> {}))
                .isEqualTo("w");
    }

    @Test
    void aGroupThatIsNotAskedForIsLeftAlone_andStillCountsForTheQuorum() {
        RollView seen = RollViews.view("etcd-1: a*+ ; etcd-2: b- ; etcd-3: c+ ; pool-x 1..1: w*+");

        assertThat(Decision.of(seen, Set.of("w"), Set.of("pool-x"), RollOptions.defaults())
                        .acts())
                .hasSize(1);
        assertThat(Decision.of(seen, Set.of("a"), Set.of("etcd-1"), RollOptions.defaults())
                        .waits())
                .containsExactly("etcd-1 waits for etcd-2 b: boots");
    }

    @Test
    void anOutageMayBeAllowed() {
        assertThat(said(RollViews.view("etcd-1: a*+"), RollOptions.Builder::allowOutage))
                .isEqualTo("a");
        assertThat(said(RollViews.view("control-plane 1..1: p*+"), RollOptions.Builder::allowOutage))
                .isEqualTo("p");
    }
}
