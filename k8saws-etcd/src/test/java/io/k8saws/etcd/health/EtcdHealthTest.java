package io.k8saws.etcd.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.k8saws.error.EtcdCallException;
import io.k8saws.error.EtcdCallException.Failure;
import io.k8saws.error.EtcdCallException.Reason;
import io.k8saws.error.QuorumLostException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EtcdHealthTest {
    private static final String[] IDS = {"000000000000000a", "000000000000000b", "000000000000000c"};

    private static MemberHealth member(int number, String leader, long term, long index, long applied) {
        return new MemberHealth(
                of(number, false),
                "http://10.0.0." + number + ":2379",
                Optional.of(new MemberState(
                        "3.6.10",
                        "3.6.0",
                        64 << 20,
                        16 << 20,
                        OptionalLong.of(2L << 30),
                        leader,
                        applied,
                        term,
                        index,
                        applied,
                        List.of())),
                "");
    }

    private static EtcdMember of(int number, boolean learner) {
        return new EtcdMember(
                IDS[number],
                "etcd-" + number,
                List.of(),
                List.of(URI.create("http://10.0.0." + number + ":2379")),
                learner,
                "zone-" + (char) ('a' + number));
    }

    private static MemberHealth dead(int number) {
        return new MemberHealth(of(number, false), "http://10.0.0." + number + ":2379", Optional.empty(), "it is dead");
    }

    private static EtcdHealth health(MemberHealth... members) {
        return new EtcdHealth("00000000000000ff", List.of(members), List.of(), List.of(), Instant.EPOCH);
    }

    @Test
    void threeWellMembers() {
        EtcdHealth health =
                health(member(0, IDS[1], 2, 100, 100), member(1, IDS[1], 2, 100, 100), member(2, IDS[1], 2, 99, 90));

        assertThat(health.isWell()).isTrue();
        assertThat(health.leader()).get().extracting(one -> one.member().name()).isEqualTo("etcd-1");
        assertThat(health.quorum()).isEqualTo(new QuorumView(3, 3));
        assertThat(health.raftLag(health.members().get(2))).isEqualTo(10);
        assertThat(health.revisionLag(health.members().get(2))).isEqualTo(10);
        assertThat(health.requireQuorum()).isSameAs(health);
        assertThat(health.without("zone-a")).isEqualTo(new QuorumView(3, 2));
        assertThat(health).hasToString("""
                etcd 00000000000000ff: quorum 2 of 3: 3 well, 1 may fail

                MEMBER  ID                ZONE    ROLE      VERSION  DB SIZE  IN USE  QUOTA      REVISION  LAG
                etcd-0  000000000000000a  zone-a  follower  3.6.10   64 MiB   16 MiB  2,048 MiB  100       0
                etcd-1  000000000000000b  zone-b  leader    3.6.10   64 MiB   16 MiB  2,048 MiB  100       0
                etcd-2  000000000000000c  zone-c  follower  3.6.10   64 MiB   16 MiB  2,048 MiB  90        10

                without zone-a: 2 of 3 left, works, 0 spare
                without zone-b: 2 of 3 left, works, 0 spare
                without zone-c: 2 of 3 left, works, 0 spare
                """);
    }

    /** The way to the leader may be barred for us alone: it is heard by those that name it, or they would have voted. */
    @Test
    void aMajorityThatNamesALeaderIsAQuorumAlsoWhenItDoesNotAnswerUs() {
        EtcdHealth health = health(member(0, IDS[2], 2, 100, 100), member(1, IDS[2], 2, 100, 100), dead(2));

        assertThat(health.quorum()).isEqualTo(new QuorumView(3, 2));
        assertThat(health.requireQuorum()).isSameAs(health);
        assertThat(health.isWell()).isFalse();
        assertThat(health.without("zone-b")).isEqualTo(new QuorumView(3, 1));
    }

    @Test
    void aMinorityThatNamesALeaderIsNoQuorum() {
        EtcdHealth health = health(member(0, IDS[2], 2, 100, 100), member(1, "", 2, 100, 100), dead(2));

        assertThat(health.quorum()).isEqualTo(new QuorumView(3, 1));
        QuorumLostException lost = catchThrowableOfType(QuorumLostException.class, health::requireQuorum);
        assertThat(lost.missing()).containsExactly("etcd-1: it knows no leader", "etcd-2: it is dead");
        assertThat(lost).hasMessageContaining("1 of 3 voting members are well, and 2 must agree");
    }

    /** One that was cut off and still believes that it leads does not count against the new leader. */
    @Test
    void theLeaderOfTheNewestTermLeads() {
        EtcdHealth health =
                health(member(0, IDS[0], 2, 80, 80), member(1, IDS[1], 3, 100, 100), member(2, IDS[1], 3, 100, 100));

        assertThat(health.leader()).get().extracting(one -> one.member().name()).isEqualTo("etcd-1");
        assertThat(health.quorum()).isEqualTo(new QuorumView(3, 2));
    }

    @Test
    void aLearnerDoesNotVote() {
        MemberHealth learner = new MemberHealth(of(2, true), "", Optional.empty(), "it has not started yet");
        EtcdHealth health = health(member(0, IDS[0], 2, 80, 80), learner);

        assertThat(health.quorum()).isEqualTo(new QuorumView(1, 1));
        assertThat(health.learners()).containsExactly(learner);
        assertThat(health.isWell()).isFalse();
        assertThat(health.troubles()).containsExactly("etcd-2: it has not started yet");
    }

    @Test
    void anAlarmIsNotWell() {
        EtcdHealth sound = health(member(0, IDS[0], 2, 80, 80));
        EtcdHealth health = new EtcdHealth(
                sound.clusterId(),
                sound.members(),
                List.of(),
                List.of(new EtcdAlarm(IDS[0], EtcdAlarm.Kind.NO_SPACE)),
                Instant.EPOCH);

        assertThat(sound.isWell()).isTrue();
        assertThat(health.isWell()).isFalse();
        assertThat(health.toString()).contains("alarm NOSPACE of 000000000000000a");
    }

    private static EndpointTrouble trouble(String endpoint, Reason reason, String why, String hint) {
        return new EndpointTrouble(
                new Failure("Cluster.MemberList", endpoint, reason, "UNAVAILABLE", 1, true, false), why, hint);
    }

    /** A mistyped endpoint is no lost cluster: nobody is to be started for it. */
    @Test
    void nobodyCouldBeAsked() {
        EtcdHealth health = new EtcdHealth(
                "",
                List.of(),
                List.of(
                        trouble("https://10.0.0.1:2379", Reason.UNREACHABLE, "nobody is there", "check the port"),
                        trouble("https://10.0.0.2:2379", Reason.CERTIFICATE, "it has another name", "give its name")),
                List.of(),
                Instant.EPOCH);

        assertThat(health.quorum().holds()).isFalse();
        assertThat(health.quorum()).hasToString("quorum unknown: no voting member is known");
        assertThat(health.isWell()).isFalse();
        assertThat(health.troubles())
                .containsExactly(
                        "no member could be asked",
                        "https://10.0.0.1:2379: nobody is there",
                        "https://10.0.0.2:2379: it has another name");
        assertThat(health).hasToString("""
                etcd: no member could be asked

                https://10.0.0.1:2379: nobody is there
                  check the port
                https://10.0.0.2:2379: it has another name
                  give its name
                """);
        EtcdCallException failure = catchThrowableOfType(EtcdCallException.class, health::requireQuorum);
        assertThat(failure.reason()).isEqualTo(Reason.CERTIFICATE);
        assertThat(failure)
                .hasMessage("Call etcd: Cluster.MemberList: no member could be asked: https://10.0.0.1:2379:"
                        + " nobody is there; https://10.0.0.2:2379: it has another name. Give its name."
                        + " [endpoint=https://10.0.0.2:2379 code=UNAVAILABLE attempts=1]");
        assertThatThrownBy(health::requireMembers).isInstanceOf(EtcdCallException.class);
    }

    /** Each tells more than the next; whoever was asked first. */
    @ParameterizedTest
    @CsvSource({
        "NO_QUORUM, CERTIFICATE",
        "NO_QUORUM, ACCESS_DENIED",
        "ACCESS_DENIED, NOT_ETCD",
        "CERTIFICATE, NOT_ETCD",
        "NOT_ETCD, OTHER",
        "OTHER, NO_ANSWER",
        "TOO_LARGE, NO_ANSWER",
        "NO_ANSWER, UNREACHABLE",
        "NO_QUORUM, UNREACHABLE",
        "OTHER, UNREACHABLE"
    })
    void theReasonThatTellsMoreIsThatOfTheFailure(Reason more, Reason less) {
        EndpointTrouble telling = trouble("http://10.0.0.1:2379", more, "it tells more", "do this");
        EndpointTrouble silent = trouble("http://10.0.0.2:2379", less, "it tells less", "do that");
        for (List<EndpointTrouble> both : List.of(List.of(telling, silent), List.of(silent, telling))) {
            EtcdHealth health = new EtcdHealth("", List.of(), both, List.of(), Instant.EPOCH);

            EtcdCallException failure = catchThrowableOfType(EtcdCallException.class, health::requireMembers);

            assertThat(failure.reason()).isEqualTo(more);
            assertThat(failure.endpoint()).isEqualTo("http://10.0.0.1:2379");
            assertThat(failure).hasMessageContaining("it tells less").hasMessageContaining("Do this.");
        }
    }
}
