package io.k8saws.etcd.internal.seam;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.error.EtcdCallException;
import io.k8saws.error.EtcdCallException.Failure;
import io.k8saws.error.EtcdCallException.Reason;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaderlessTest {
    private static final EtcdCallException SILENT = new EtcdCallException(
            new Failure("KV.Txn", "http://10.0.0.1:2379", Reason.NO_ANSWER, "DEADLINE_EXCEEDED", 1, true, true),
            "no answer",
            "look",
            null);

    private static Optional<MemberStatus> status(long leader) {
        return Optional.of(new MemberStatus(1, 2, 3, "3.6.10", "3.6.0", 1, 1, 0, leader, 5, 2, 5, false, List.of()));
    }

    @Test
    void whoAnswersAndKnowsNoLeaderHasNoQuorum() {
        EtcdCallException failure = Leaderless.explained(SILENT, status(0));

        assertThat(failure.reason()).isEqualTo(Reason.NO_QUORUM);
        assertThat(failure.outcomeUnknown()).isTrue();
        assertThat(failure.retryable()).isTrue();
        assertThat(failure)
                .hasCause(SILENT)
                .hasMessage("Call etcd: KV.Txn: the member answers, and knows no leader that could do it; whether it"
                        + " was carried out is not known, so read before you send it again. Look at etcd.health():"
                        + " a majority of the voting members must answer."
                        + " [endpoint=http://10.0.0.1:2379 code=DEADLINE_EXCEEDED attempts=1]");
    }

    @Test
    void whoKnowsALeaderOrSaysNothingWasSilent() {
        assertThat(Leaderless.explained(SILENT, status(7))).isSameAs(SILENT);
        assertThat(Leaderless.explained(SILENT, Optional.empty())).isSameAs(SILENT);
        assertThat(SILENT).hasMessageContaining("no answer; whether it was carried out is not known");
    }
}
