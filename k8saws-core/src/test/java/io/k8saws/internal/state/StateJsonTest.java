package io.k8saws.internal.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.cluster.Pins;
import io.k8saws.cluster.SampleSpecs;
import io.k8saws.error.K8sAwsException;
import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.KeyRing;
import io.k8saws.state.ClusterState;
import io.k8saws.state.Lock;
import io.k8saws.state.PublicRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("State and lock come back from their JSON")
class StateJsonTest {
    private static final ClusterState STATE = new ClusterState(
            7,
            ClusterState.Status.APPLIED,
            "0a1b2c3d",
            Optional.of(SampleSpecs.everyProperty()),
            Optional.of(SampleSpecs.payments().build()),
            new Pins(Map.of("kubelet/amd64 1.36.1", "ab".repeat(32), "a", "b")),
            new Pins(Map.of("kubelet/amd64 1.36.0", "cd".repeat(32))),
            KeyRing.first()
                    .begin(ClusterKey.AUTHORITY_ETCD, 1, Duration.ofHours(1), Instant.parse("2026-11-23T10:00:00Z")),
            KeyRing.first(),
            Set.of(new PublicRecord("Z1", "api.pay.example"), new PublicRecord("Z2", "api.pay.example")),
            12,
            Instant.parse("2026-11-23T10:00:00Z"),
            "host/1/ab");

    @ParameterizedTest
    @EnumSource(ClusterState.Status.class)
    void aStateComesBack(ClusterState.Status status) {
        ClusterState state = new ClusterState(
                STATE.serial(),
                status,
                STATE.planId(),
                STATE.spec(),
                STATE.applied(),
                STATE.pins(),
                STATE.appliedPins(),
                STATE.keys(),
                STATE.appliedKeys(),
                STATE.records(),
                STATE.fence(),
                STATE.writtenAt(),
                STATE.writer());

        assertThat(StateJson.state(StateJson.write(state))).isEqualTo(state);
    }

    @Test
    void aStateWithoutSpecsComesBack() {
        ClusterState state = new ClusterState(
                1,
                ClusterState.Status.APPLYING,
                "p",
                Optional.empty(),
                Optional.empty(),
                Pins.none(),
                Pins.none(),
                KeyRing.first(),
                KeyRing.first(),
                Set.of(),
                1,
                STATE.writtenAt(),
                "w");

        assertThat(StateJson.state(StateJson.write(state))).isEqualTo(state);
        assertThat(state.lastWanted()).isEmpty();
    }

    @Test
    void aStateOfBeforeTheFirstRotation_namesNoKeys_andHasAllAtTheirFirstGeneration() {
        String json = StateJson.write(STATE);
        String without = json.replaceFirst("(?s)\"keys\" : \\{.*?\\n  \\},\\n  ", "");

        assertThat(without).isNotEqualTo(json).doesNotContain("\"keys\"").doesNotContain("appliedKeys");
        assertThat(StateJson.state(without).keys()).isEqualTo(KeyRing.first());
        assertThat(StateJson.state(json).keys()).isEqualTo(STATE.keys());
        assertThat(StateJson.state(json).appliedKeys()).isEqualTo(KeyRing.first());
    }

    @Test
    void aLockComesBack() {
        Lock lock = new Lock(3, "host/1/ab", 1, "host", Duration.ofSeconds(60));

        assertThat(StateJson.lock(StateJson.write(lock, 4))).isEqualTo(lock);
        assertThat(StateJson.write(lock, 5)).as("a renewal shows").isNotEqualTo(StateJson.write(lock, 4));
    }

    @Test
    void aSpecThatTodaysRulesRefuseCountsAsUnknown() {
        String json = StateJson.write(STATE).replace("members: 5", "members: 4");

        assertThat(StateJson.state(json).spec()).isEmpty();
        assertThat(StateJson.state(json).applied()).isEqualTo(STATE.applied());
        assertThat(StateJson.state(json).lastWanted()).isEqualTo(STATE.applied());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "k8saws-state/1 | k8saws-state/2 | its format is \"k8saws-state/2\", not \"k8saws-state/1\"",
                "APPLIED | DANCING | has a value that this version does not know",
                "2026-11-23T10 | yesterday | has a value that this version does not know",
                "{ | [ | it is not JSON"
            })
    void whatANewerVersionWroteIsRefused_withWhatToDo(String part, String instead, String why) {
        assertThatThrownBy(() -> StateJson.state(StateJson.write(STATE).replace(part, instead)))
                .isExactlyInstanceOf(K8sAwsException.class)
                .hasMessageStartingWith("Read the state of the cluster: ")
                .hasMessageContaining(why)
                .hasMessageContaining("Use the version of k8saws that wrote it");
    }

    @Test
    void aLockOfANewerVersionIsRefused() {
        assertThatThrownBy(() -> StateJson.lock("{\"format\":\"k8saws-lock/2\"}"))
                .isExactlyInstanceOf(K8sAwsException.class);
    }
}
