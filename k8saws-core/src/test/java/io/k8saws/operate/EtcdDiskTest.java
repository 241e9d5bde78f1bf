package io.k8saws.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.bootstrap.LoadedKeys;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.network.PlannedEtcdMember;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A member's machine waits for an order, or something is in the way")
class EtcdDiskTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final String LOST =
            "etcd-main does not start on vol-0a: it is empty, and the cluster has data: its disk is lost. Replace the member";

    private static EtcdDisk disk(
            NodeStatus.State state, String step, String reason, Duration ago, List<String> volumes, String holder) {
        return new EtcdDisk(
                "main",
                new PlannedEtcdMember(3, "eu-west-1c", "10.0.64.6", "private-c"),
                Map.of(
                        "etcd-1", URI.create("https://10.0.0.4:2380"),
                        "etcd-2", URI.create("https://10.0.32.5:2380"),
                        "etcd-3", URI.create("https://10.0.64.6:2380")),
                volumes,
                Optional.of(holder).filter(one -> !one.isEmpty()),
                Optional.of(new NodeStatus(
                        "payments",
                        "etcd",
                        "etcd-3",
                        "i-1",
                        step,
                        state,
                        reason,
                        NOW.minus(ago),
                        Duration.ofSeconds(9),
                        List.of(),
                        LoadedKeys.none())),
                NOW,
                Optional.empty(),
                Optional.empty());
    }

    private static EtcdDisk waiting(String reason, Duration ago, List<String> volumes, String holder) {
        return disk(NodeStatus.State.FAILED, "mount-disks", reason, ago, volumes, holder);
    }

    @Test
    void aMachineThatRefusesItsOwnBlankDiskWaits() {
        EtcdDisk disk = waiting(LOST, Duration.ofSeconds(40), List.of("vol-0a"), "i-1");

        assertThat(disk.hindrance()).isEmpty();
        assertThat(disk.waits()).isTrue();
        assertThat(disk.isOnItsWay()).isFalse();
        assertThat(disk.waitsForOther()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PT6M | vol-0a | i-1 | its machine i-1 has said nothing since 2026-11-27T11:54:00Z",
                "PT1M | vol-0b | i-1 | its machine i-1 refuses vol-0a, and the volumes of etcd-3 for etcd-main are [vol-0b]",
                "PT1M | vol-0a,vol-0b | i-1 | are [vol-0a, vol-0b]",
                "PT1M | vol-0a | i-2 | its volume vol-0a is attached to instance i-2, and its machine is i-1",
                "PT1M | vol-0a | ''  | its volume vol-0a is attached to no instance, and its machine is i-1",
            })
    void whatIsInTheWayIsToldWithAllIds(Duration ago, String volumes, String holder, String why) {
        EtcdDisk disk = waiting(LOST, ago, List.of(volumes.split(",")), holder);

        assertThat(disk.hindrance()).get().asString().contains(why);
        assertThat(disk.waits()).isFalse();
    }

    /** The machine has read its order since then, and may run already; what it said before counts no more. */
    @ParameterizedTest
    @CsvSource({"PT-10S, false", "PT0S, false", "PT0.9S, false", "PT1S, true", "PT40S, true"})
    void whatWasSaidBeforeTheOrderWasFollowedIsOld(Duration saidAfter, boolean waits) {
        EtcdDisk said = waiting(LOST, Duration.ofMinutes(1).minus(saidAfter), List.of("vol-0a"), "i-1");
        EtcdDisk disk = new EtcdDisk(
                said.etcd(),
                said.member(),
                said.peers(),
                said.volumes(),
                said.holder(),
                said.status(),
                NOW,
                Optional.empty(),
                Optional.of(NOW.minus(Duration.ofMinutes(1))));

        assertThat(disk.waits()).isEqualTo(waits);
        if (!waits) {
            assertThat(disk.hindrance())
                    .contains(
                            "its machine i-1 has said nothing since 2026-11-27T11:59:00Z, when its last order was used up");
        }
    }

    @Test
    void aMachineThatWaitsForItsOtherEtcdSaysSo() {
        EtcdDisk disk = waiting(LOST.replace("main", "events"), Duration.ZERO, List.of("vol-0b"), "i-1");

        assertThat(disk.hindrance())
                .get()
                .asString()
                .contains("its machine i-1 waits for the member of etcd-events first, whose disk vol-0a is lost");
        assertThat(disk.waitsForOther()).contains("events");
    }

    @ParameterizedTest
    @CsvSource({
        "RUNNING, mount-disks, true",
        "RUNNING, install-programs, true",
        "RUNNING, start-etcd, false",
        "RUNNING, wait-for-quorum, false",
        "FAILED, attach-disks, false",
        "DONE, done, false"
    })
    void onlyWhoRefusesItsDiskWaits(NodeStatus.State state, String step, boolean onItsWay) {
        EtcdDisk disk = disk(state, step, "", Duration.ZERO, List.of("vol-0a"), "i-1");

        assertThat(disk.hindrance())
                .get()
                .asString()
                .startsWith("its machine does not say that its disk is lost: etcd-3 i-1");
        assertThat(disk.isOnItsWay()).isEqualTo(onItsWay);
    }

    @Test
    void anOrderIsReadAsItWasWritten_andOneWrittenByHandHasNoId() {
        EtcdOrder order = new EtcdOrder(
                "main",
                "etcd-3",
                "1ab9dd744b428cd1",
                "vol-0a",
                "etcd-1=https://10.0.0.4:2380,etcd-3=https://10.0.64.6:2380");

        assertThat(order.text()).isEqualTo("""
                vol-0a
                initial-cluster: etcd-1=https://10.0.0.4:2380,etcd-3=https://10.0.64.6:2380
                member: 1ab9dd744b428cd1
                """);
        assertThat(EtcdOrder.fromText("main", "etcd-3", order.text())).contains(order);
        assertThat(EtcdOrder.fromText("main", "etcd-3", "vol-0a\ninitial-cluster: etcd-3=https://10.0.64.6:2380\n"))
                .map(EtcdOrder::memberId)
                .contains("");
        assertThat(EtcdOrder.fromText("main", "etcd-3", "vol-0a\n")).isEmpty();
        assertThat(EtcdOrder.fromText("main", "etcd-3", "")).isEmpty();
    }

    @Test
    void anOrderThatAMachineWouldMisreadIsNone() {
        assertThatThrownBy(() -> new EtcdOrder("main", "etcd-3", "12", "vol-0a", "a=b"))
                .hasMessageContaining("16 hexadecimal digits, got 12");
        assertThatThrownBy(() -> new EtcdOrder("main", "etcd-3", "", "vol-0a x", "a=b"))
                .hasMessageContaining("got vol-0a x");
        assertThatThrownBy(() -> new EtcdOrder("main", "etcd-3", "", "vol-0a", "a=b\nmember: x"))
                .hasMessageContaining("one line");
    }
}
