package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.EtcdCallException;
import io.k8saws.error.EtcdCallException.Failure;
import io.k8saws.error.EtcdCallException.Reason;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.health.EndpointTrouble;
import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.EtcdMember;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.health.MemberState;
import io.k8saws.etcd.internal.seam.StreamedSnapshot;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MemberChoiceTest {
    private static final String LEADER = "000000000000000a";

    private static MemberHealth member(String name, boolean learner, String leader, long revision) {
        return new MemberHealth(
                new EtcdMember("000000000000000" + name, name, List.of(), List.of(), learner, ""),
                "http://" + name + ":2379",
                Optional.of(new MemberState(
                        "3.6.10", "", 1, 1, OptionalLong.empty(), leader, revision, 2, revision, revision, List.of())),
                "");
    }

    private static EtcdHealth health(MemberHealth... members) {
        return new EtcdHealth("00000000000000ff", List.of(members), List.of(), List.of(), Instant.EPOCH);
    }

    private static String chosen(EtcdHealth health) {
        return MemberChoice.leastMissed().in(health).member().name();
    }

    @Test
    void aLearnerThatHasAllIsMissedLeast() {
        MemberHealth leader = member("a", false, LEADER, 90_000);

        assertThat(chosen(health(leader, member("b", false, LEADER, 90_000), member("c", true, LEADER, 89_999))))
                .isEqualTo("c");
    }

    /** As in the middle of a replacement: it answers, serves snapshots, and has nothing. */
    @Test
    void aLearnerThatWasAddedAMomentAgoIsNotTaken() {
        MemberHealth leader = member("a", false, LEADER, 90_000);

        assertThat(chosen(health(leader, member("b", false, LEADER, 90_000), member("c", true, LEADER, 1))))
                .isEqualTo("b");
        assertThat(chosen(health(leader, member("b", false, LEADER, 1), member("c", true, LEADER, 1))))
                .isEqualTo("a");
    }

    @Test
    void aMemberThatKnowsNoLeaderIsNotTaken() {
        assertThat(chosen(health(member("a", false, LEADER, 90), member("b", false, "", 90))))
                .isEqualTo("a");
        EtcdHealth lost = health(member("b", false, "", 90));
        assertThatThrownBy(() -> chosen(lost))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("b: it knows no leader");
        assertThat(MemberChoice.named("b").in(lost).member().name()).isEqualTo("b");
    }

    @Test
    void whereNobodyCouldBeAskedTheReasonIsTheEndpoints() {
        EndpointTrouble trouble = new EndpointTrouble(
                new Failure("Cluster.MemberList", "http://a:2379", Reason.NOT_ETCD, "UNAVAILABLE", 1, false, false),
                "it speaks otherwise",
                "check the port");

        assertThatThrownBy(() -> chosen(new EtcdHealth("", List.of(), List.of(trouble), List.of(), Instant.EPOCH)))
                .isInstanceOfSatisfying(EtcdCallException.class, failure -> assertThat(failure.reason())
                        .isEqualTo(Reason.NOT_ETCD))
                .hasMessageContaining("no member could be asked: http://a:2379: it speaks otherwise. Check the port.");
        EtcdHealth lost = new EtcdHealth(
                "00000000000000ff", List.of(member("b", false, "", 90)), List.of(trouble), List.of(), Instant.EPOCH);
        assertThatThrownBy(() -> chosen(lost))
                .hasMessageContaining("no member can be asked: b: it knows no leader; http://a:2379: it speaks");
    }

    /** Behind a load balancer the bytes may be another member's than the one that was looked at. */
    @Test
    void anotherMembersSnapshotIsRefused() {
        EtcdHealth health = health(member("a", false, LEADER, 90));
        MemberHealth member = health.members().get(0);

        LiveSnapshots.requireSame(health, member, new StreamedSnapshot(0xff, 0xa, "3.6.0", 1, ""));
        LiveSnapshots.requireSame(health, member, new StreamedSnapshot(0, 0, "", 1, ""));
        assertThatThrownBy(() -> LiveSnapshots.requireSame(health, member, new StreamedSnapshot(0xff, 0xb, "", 1, "")))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("member 000000000000000b of cluster 00000000000000ff sent it");
        assertThatThrownBy(() -> LiveSnapshots.requireSame(health, member, new StreamedSnapshot(0xfe, 0xa, "", 1, "")))
                .isInstanceOf(K8sAwsException.class);
    }

    @Test
    void aMemberIsAskedAtTheFirstUrlThatCanBe() {
        EtcdMember member = new EtcdMember(
                "000000000000000a",
                "a",
                List.of(),
                List.of(URI.create("http://etcd_1:2379"), URI.create("unix://a"), URI.create("http://10.0.0.4:2379")),
                false,
                "");

        assertThat(HealthLook.address(member, List.of())).contains(URI.create("http://10.0.0.4:2379"));
        assertThat(HealthLook.address(member, List.of(URI.create("http://etcd_1:2379"))))
                .contains(URI.create("http://etcd_1:2379"));
        assertThat(HealthLook.address(
                        new EtcdMember("000000000000000a", "a", List.of(), List.of(URI.create("unix://a")), false, ""),
                        List.of()))
                .isEmpty();
    }
}
