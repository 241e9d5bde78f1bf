package io.k8saws.etcd.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.internal.seam.Access;
import io.k8saws.etcd.internal.seam.EtcdCalls;
import io.k8saws.etcd.internal.seam.Limits;
import io.k8saws.etcd.internal.seam.Pause;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.telemetry.Telemetry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a run does before it would call etcd; nobody listens at the endpoint. */
class MemberRunTest {
    private static final Access NOBODY = new Access(
            List.of(URI.create("http://127.0.0.1:1")),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Limits.defaults(),
            Telemetry.none());

    private final List<ProgressEvent> heard = new ArrayList<>();

    private MemberRun run(EtcdHealth health, Duration limit) {
        return new MemberRun(new EtcdCalls(NOBODY, Pause.system()), () -> health, heard::add, limit);
    }

    @Test
    void aStarterThatThrowsEndsTheRunWithAReport() {
        EtcdHealth health = Healths.of("a* b d?");
        MemberChange change = MemberChange.grow(Healths.of("a* b"), "d", Healths.peer('d'));

        assertThatThrownBy(() -> run(health, Duration.ofMinutes(1)).run(change, change.plan(health), member -> {
                    throw new IllegalStateException("no machine is free");
                }))
                .isInstanceOfSatisfying(MembersException.class, e -> {
                    assertThat(e).hasMessageContaining("no machine is free");
                    assertThat(e.report().left()).hasSize(2);
                });
        assertThat(heard).last().isInstanceOf(ProgressEvent.OperationFinished.class);
    }

    @Test
    void aStepIsNotBegunWithoutTime() {
        EtcdHealth health = Healths.of("a*:100/90 b:900/90 c:100/90");
        Defragmentation wanted = Defragmentation.defaults();

        assertThatThrownBy(() -> run(health, Duration.ZERO).run(wanted, wanted.plan(health)))
                .isInstanceOf(MembersException.class)
                .hasCauseInstanceOf(WaitTimeoutException.class);
    }

    @Test
    void whenTimeIsOver_itIsToldWhatOthersThanEtcdKnow() {
        EtcdHealth health = Healths.of("a* b d?");
        MemberChange change = MemberChange.grow(Healths.of("a* b"), "d", Healths.peer('d'));
        MemberRun run = new MemberRun(
                new EtcdCalls(NOBODY, Pause.system()),
                () -> health,
                heard::add,
                Duration.ZERO,
                () -> "its machine is at mount-disks");

        assertThatThrownBy(() -> run.run(change, change.plan(health), member -> {}))
                .isInstanceOf(MembersException.class)
                .hasMessageContaining("its machine is at mount-disks");
    }

    @Test
    void aPlanOfAnotherClusterIsRefused() {
        EtcdHealth health = Healths.of("a* b c");
        MemberChange change = MemberChange.grow(health, "d", Healths.peer('d'));
        MemberPlan plan = change.plan(health);
        MemberPlan other =
                new MemberPlan(plan.task(), "00000000000000ee", plan.steps(), plan.refusals(), plan.remarks());

        assertThatThrownBy(() -> run(health, Duration.ofMinutes(1)).run(change, other, member -> {}))
                .isInstanceOf(MembersRefusedException.class)
                .hasMessageContaining("the plan is of cluster 00000000000000ee, and this is 00000000000000ff");
        assertThat(heard).isEmpty();
    }
}
