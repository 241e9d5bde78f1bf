package io.k8saws.etcd.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.InvalidSpecException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NewClusterTest {
    /** The ids that etcdutl 3.6.10 gives these members. */
    @Test
    void idsAreThoseOfEtcd() {
        NewCluster cluster = new NewCluster(
                "tok",
                List.of(
                        NewMember.of("a", "http://127.0.0.1:1"),
                        NewMember.of("b", "http://127.0.0.1:2"),
                        NewMember.of("c", "http://127.0.0.1:3")));

        assertThat(cluster.memberId("a")).isEqualTo("b647f29678b82df");
        assertThat(cluster.memberId("b")).isEqualTo("d1dd0451a6b74da3");
        assertThat(cluster.memberId("c")).isEqualTo("1b86cb6f4861f3fd");
        assertThat(cluster.clusterId()).isEqualTo("e6b49e3f120a2cdb");
        assertThat(cluster.initialCluster())
                .isEqualTo("a=http://127.0.0.1:1,b=http://127.0.0.1:2,c=http://127.0.0.1:3");
    }

    @Test
    void everyNewClusterHasATokenOfItsOwn() {
        List<NewMember> members = List.of(NewMember.of("a", "http://127.0.0.1:1"));

        assertThat(NewCluster.of(members).clusterId())
                .isNotEqualTo(NewCluster.of(members).clusterId());
    }

    @Test
    void allMistakesAreSaidAtOnce() {
        assertThatThrownBy(() -> new NewCluster(
                        "to ken",
                        List.of(
                                NewMember.of("a\"", "http://127.0.0.1:1"),
                                NewMember.of("b", "127.0.0.1:2"),
                                NewMember.of("b", "http://127.0.0.1:1"),
                                new NewMember("d", List.of()),
                                NewMember.of("e", "http://10.0.0.1:1/path"))))
                .isInstanceOfSatisfying(InvalidSpecException.class, e -> assertThat(e.violations())
                        .extracting(violation -> violation.path())
                        .containsExactly(
                                "token",
                                "members[0].name",
                                "members[1].peerUrls",
                                "members[2].name",
                                "members[2].peerUrls",
                                "members[3].peerUrls",
                                "members[4].peerUrls"));
        assertThatThrownBy(() -> new NewCluster("t", List.of())).isInstanceOf(InvalidSpecException.class);
    }

    @Test
    void aBumpIsTenTimesWhatWasWritten() {
        assertThat(RevisionBump.of(0, Duration.ofHours(1))).isEqualTo(1_000_000);
        assertThat(RevisionBump.of(100, Duration.ofHours(1))).isEqualTo(3_600_000);
        assertThat(RevisionBump.of(100, Duration.ofHours(-1))).isEqualTo(1_000_000);
        assertThat(RevisionBump.between(500, 400)).isEqualTo(1_000_000);
        assertThat(RevisionBump.between(0, 1_000_000)).isEqualTo(10_000_000);
        assertThat(RevisionBump.between(0, Long.MAX_VALUE)).isPositive();
        assertThatThrownBy(() -> RevisionBump.of(Double.NaN, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
