package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.k8saws.error.ConflictException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.schedule.Leadership;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.Testbed;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several programs, and at most one has the right. */
class LeadershipIT {
    private static final Duration LIFE = Duration.ofSeconds(4);
    private static final String WORK = "payments";

    private static EtcdCluster start(EtcdVersion version) {
        return version.start(3);
    }

    private static boolean holds(Leadership.Term term) {
        try {
            term.requireHeld();
            return true;
        } catch (ConflictException e) {
            return false;
        }
    }

    /** Nothing, too, when etcd does not answer. */
    private static Optional<Leadership.Term> tryTake(Leadership leadership) {
        try {
            return leadership.tryTake(WORK);
        } catch (K8sAwsException e) {
            return Optional.empty();
        }
    }

    private static Leadership.Term awaitTerm(Leadership leadership) {
        Leadership.Term[] taken = new Leadership.Term[1];
        EtcdMetrics.await("the right is free", () -> {
            tryTake(leadership).ifPresent(term -> taken[0] = term);
            return taken[0] != null;
        });
        return taken[0];
    }

    private static void during(Duration time, Supplier<Boolean> holds) {
        long end = System.nanoTime() + time.toNanos();
        EtcdMetrics.await("the time is over", () -> {
            assertThat(holds.get()).isTrue();
            return System.nanoTime() > end;
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"OLDER", "NEWER"})
    void oneWorks_andTheOtherTakesOverWhenItDies(EtcdVersion version) {
        try (EtcdCluster cluster = start(version);
                Etcd secondEtcd = LiveEtcdIT.connect(cluster)) {
            Etcd firstEtcd = LiveEtcdIT.connect(cluster);
            LeaseLeadership first = firstEtcd.leadership("backup@first", LIFE);
            LeaseLeadership second = secondEtcd.leadership("backup@second", LIFE);
            assertThat(second.holder(WORK)).isEmpty();
            Leadership.Term term = first.tryTake(WORK).orElseThrow();

            assertThat(second.holder(WORK)).hasValueSatisfying(holder -> assertThat(holder.toString())
                    .startsWith("payments: backup@first since 20")
                    .contains("term " + term.fence() + ", lease "));
            // longer than the lease lives by itself
            during(LIFE.multipliedBy(2), () -> {
                term.requireHeld();
                return second.tryTake(WORK).isEmpty();
            });
            assertThat(second.holders())
                    .extracting(LeaseLeadership.Holder::name, LeaseLeadership.Holder::holder)
                    .containsExactly(tuple(WORK, "backup@first"));
            assertThat(second.tryTake("other work")).isPresent();
            assertThat(second.holders())
                    .extracting(LeaseLeadership.Holder::name)
                    .containsExactly("other work", WORK);

            firstEtcd.close(); // dies, and gives nothing back
            Leadership.Term next = awaitTerm(second);

            assertThat(next.fence()).isGreaterThan(term.fence());
            assertThatThrownBy(term::requireHeld).isInstanceOf(ConflictException.class);
            next.requireHeld();
            assertThat(second.holder(WORK).orElseThrow().holder()).isEqualTo("backup@second");
            next.close();
            assertThat(second.holder(WORK)).isEmpty();
            assertThatThrownBy(next::requireHeld)
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("its lease has ended");
        }
    }

    @Test
    void frozenMembersMakeNoTwo() {
        try (EtcdCluster cluster = Testbed.etcd(3);
                Etcd firstEtcd = LiveEtcdIT.connect(cluster);
                Etcd secondEtcd = LiveEtcdIT.connect(cluster)) {
            LeaseLeadership second = secondEtcd.leadership("backup@second", LIFE);
            Leadership.Term term =
                    firstEtcd.leadership("backup@first", LIFE).tryTake(WORK).orElseThrow();
            String leads = firstEtcd.health().leader().orElseThrow().member().name();
            int leader = Integer.parseInt(leads.replace("etcd-", ""));

            cluster.freeze(leader);
            during(Duration.ofSeconds(10), () -> notBoth(term, second));
            EtcdMetrics.await("the first goes on, without the frozen member", () -> holds(term));
            assertThat(second.tryTake(WORK)).isEmpty();

            int other = (leader + 1) % 3;
            cluster.freeze(other);
            EtcdMetrics.await("nobody has the right without a majority", () -> !holds(term));
            during(Duration.ofSeconds(5), () -> !holds(term) && tryTake(second).isEmpty());

            cluster.thaw(other);
            cluster.thaw(leader);
            cluster.waitUntilHealthy(Duration.ofMinutes(1));
            during(Duration.ofSeconds(8), () -> notBoth(term, second));
        }
    }

    /** Whoever has just taken it gives it back, so that each look is one of a race. */
    private static boolean notBoth(Leadership.Term term, Leadership second) {
        Optional<Leadership.Term> taken = tryTake(second);
        boolean both = taken.isPresent() && holds(term);
        taken.ifPresent(Leadership.Term::close);
        return !both;
    }
}
