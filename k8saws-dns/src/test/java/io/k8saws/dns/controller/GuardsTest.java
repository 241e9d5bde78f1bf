package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.source.ObjectKey;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What keeps names from going: the guard and the grace. */
class GuardsTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void guard_countsWhatWentWithinAMinute() {
        DeletionGuard guard = new DeletionGuard(5, 0.1);

        assertThat(guard.admits(3, 0, () -> 10, 0)).isTrue();
        assertThat(guard.admits(3, 0, () -> 10, SECOND)).isFalse();
        assertThat(guard.admits(2, 0, () -> 10, SECOND)).isTrue();
        assertThat(guard.admits(1, 0, () -> 10, 60 * SECOND)).isFalse();
        assertThat(guard.admits(5, 0, () -> 10, 62 * SECOND)).isTrue();
    }

    @Test
    void guard_takesTheLargerOfNumberAndShare() {
        assertThat(new DeletionGuard(5, 0.1).admits(100, 0, () -> 1000, 0)).isTrue();
        assertThat(new DeletionGuard(5, 0.1).admits(101, 0, () -> 1000, 0)).isFalse();
    }

    @Test
    void guard_withConsent_letsTheNextOnesGo_once() {
        DeletionGuard guard = new DeletionGuard(0, 0);

        guard.consent();

        assertThat(guard.takeConsent()).isTrue();
        assertThat(guard.takeConsent()).isFalse();
    }

    @Test
    void guard_asksWhatIsOurs_onlyWhenItMatters() {
        DeletionGuard guard = new DeletionGuard(5, 0.1);
        AtomicLong asked = new AtomicLong();

        assertThat(guard.admits(5, 0, () -> (int) asked.incrementAndGet(), 0)).isTrue();
        assertThat(asked).hasValue(0);
        assertThat(guard.admits(1, 0, () -> (int) asked.incrementAndGet(), 0)).isFalse();
        assertThat(asked).hasValue(1);
    }

    private static final Set<ObjectKey> ONE = Set.of(new ObjectKey("Service", "shop", "one"));
    private static final Set<ObjectKey> TWO = Set.of(new ObjectKey("Service", "shop", "two"));

    @Test
    void grace_beginsWithTheFirstQuestion_andIsForgotten() {
        AtomicLong now = new AtomicLong();
        Grace grace = new Grace(Duration.ofSeconds(10), now::get);
        DnsName name = DnsName.of("a.b");

        assertThat(grace.holds(name, ONE)).isTrue();
        now.set(9 * SECOND);
        assertThat(grace.holds(name, ONE)).isTrue();
        assertThat(grace.left()).contains(Duration.ofMillis(1001));
        assertThat(grace.over()).isEmpty();
        now.set(10 * SECOND);
        assertThat(grace.holds(name, ONE)).isFalse();
        assertThat(grace.left()).isEmpty();
        assertThat(grace.over()).containsExactly(name);
        assertThat(grace.holds(name, Set.of())).isFalse();
        assertThat(grace.holds(name, ONE)).isTrue();
    }

    @Test
    void grace_isEachObjectsOwn() {
        AtomicLong now = new AtomicLong();
        Grace grace = new Grace(Duration.ofSeconds(10), now::get);
        DnsName name = DnsName.of("a.b");
        assertThat(grace.holds(name, ONE)).isTrue();
        now.set(60 * SECOND);
        assertThat(grace.holds(name, ONE)).isFalse();
        Set<ObjectKey> both = new HashSet<>(ONE);
        both.addAll(TWO);

        assertThat(grace.holds(name, both)).as("the other's has just begun").isTrue();
        now.set(70 * SECOND);
        assertThat(grace.holds(name, both)).isFalse();
    }

    @Test
    void grace_theFirstThatIsOverIsToBeLookedAtFirst() {
        AtomicLong now = new AtomicLong();
        Grace grace = new Grace(Duration.ofSeconds(10), now::get);
        grace.holds(DnsName.of("a.b"), ONE);
        now.set(4 * SECOND);
        grace.holds(DnsName.of("c.d"), TWO);

        assertThat(grace.left()).contains(Duration.ofMillis(6001));
        now.addAndGet(grace.left().orElseThrow().toNanos());

        assertThat(grace.over()).containsExactly(DnsName.of("a.b"));
        assertThat(grace.left()).as("the other goes on").contains(Duration.ofSeconds(4));
    }

    @Test
    void settings_outOfRange_areRefused() {
        assertThatThrownBy(() ->
                        DnsControllerSettings.builder("me").deletedShare(1.5).build())
                .hasMessageContaining("a share is from 0 to 1");
        assertThatThrownBy(() -> new LeaseSettings(
                        "ns", "n", "me", Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3)))
                .hasMessageContaining("A lease lasts longer");
    }

    @Test
    void grace_beginsAnewWithATerm() {
        AtomicLong now = new AtomicLong();
        Grace grace = new Grace(Duration.ofMinutes(5), now::get);
        DnsName name = DnsName.of("www.example.com");
        grace.holds(name, ONE);
        now.set(301 * SECOND);
        assertThat(grace.holds(name, ONE)).isFalse();

        grace.clear();

        assertThat(grace.holds(name, ONE)).isTrue();
        assertThat(grace.over()).isEmpty();
    }
}
