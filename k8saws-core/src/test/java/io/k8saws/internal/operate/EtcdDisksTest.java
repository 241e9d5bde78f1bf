package io.k8saws.internal.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.bootstrap.LoadedKeys;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.network.PlannedEtcdMember;
import io.k8saws.operate.EtcdDisk;
import io.k8saws.operate.EtcdOrder;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An order is written for a member that waits, and once for each id")
class EtcdDisksTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final String MEMBERS = "etcd-1=https://10.0.0.4:2380,etcd-3=https://10.0.64.6:2380";
    private static final EtcdOrder ORDER = new EtcdOrder("main", "etcd-3", "000000000000000a", "vol-0a", MEMBERS);

    private static EtcdDisk disk(NodeStatus.State state, Optional<EtcdOrder> last) {
        return new EtcdDisk(
                "main",
                new PlannedEtcdMember(3, "eu-west-1c", "10.0.64.6", "private-c"),
                Map.of(
                        "etcd-1", URI.create("https://10.0.0.4:2380"),
                        "etcd-2", URI.create("https://10.0.32.5:2380"),
                        "etcd-3", URI.create("https://10.0.64.6:2380")),
                List.of("vol-0a"),
                Optional.of("i-1"),
                Optional.of(new NodeStatus(
                        "payments",
                        "etcd",
                        "etcd-3",
                        "i-1",
                        "mount-disks",
                        state,
                        "etcd-main does not start on vol-0a: it is empty, and the cluster has data: its disk is lost. Replace the member",
                        NOW,
                        Duration.ZERO,
                        List.of(),
                        LoadedKeys.none())),
                NOW,
                last,
                Optional.empty());
    }

    private static EtcdDisk waiting() {
        return disk(NodeStatus.State.FAILED, Optional.empty());
    }

    @Test
    void aMemberThatWaitsGetsIt_alsoAfterAnOrderForAnEarlierId() {
        EtcdOrder earlier = new EtcdOrder("main", "etcd-3", "000000000000000b", "vol-0a", MEMBERS);

        assertThat(EtcdDisks.refusal(waiting(), ORDER)).isEmpty();
        assertThat(EtcdDisks.refusal(disk(NodeStatus.State.FAILED, Optional.of(earlier)), ORDER))
                .isEmpty();
    }

    @Test
    void anIdIsNeverOrderedTwice() {
        EtcdOrder other = new EtcdOrder("main", "etcd-3", ORDER.memberId(), "vol-0b", MEMBERS);

        assertThat(EtcdDisks.refusal(disk(NodeStatus.State.FAILED, Optional.of(other)), ORDER))
                .get()
                .asString()
                .contains("this id was ordered before, with vol-0b");
    }

    @Test
    void anotherVolume_noId_orAListWithoutTheMember_isRefused() {
        assertThat(EtcdDisks.refusal(waiting(), new EtcdOrder("main", "etcd-3", ORDER.memberId(), "vol-0b", MEMBERS)))
                .contains("the volumes of etcd-3 for etcd-main are [vol-0a]");
        assertThat(EtcdDisks.refusal(waiting(), new EtcdOrder("main", "etcd-3", "", "vol-0a", MEMBERS)))
                .contains("it names no id of a member");
        assertThat(EtcdDisks.refusal(
                        waiting(),
                        new EtcdOrder(
                                "main",
                                "etcd-3",
                                ORDER.memberId(),
                                "vol-0a",
                                "etcd-1=https://10.0.0.4:2380,=https://10.0.64.6:2380")))
                .contains("its list of members does not have etcd-3=https://10.0.64.6:2380");
    }

    @Test
    void aMachineThatDoesNotSayThatItWaitsGetsNone() {
        assertThat(EtcdDisks.refusal(disk(NodeStatus.State.RUNNING, Optional.empty()), ORDER))
                .get()
                .asString()
                .contains("its machine does not say that its disk is lost: etcd-3 i-1 at mount-disks");
    }
}
