package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.dns.internal.engine.VirtualAgenda;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.AwsCallException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A role or a zone that was denied is looked for again")
class SecondLookTest {
    private static final HostedZone ZONE = new HostedZone("Z1", DnsName.of("example.com"), false, Map.of());
    private static final HostedZone OTHER = new HostedZone("Z2", DnsName.of("example.org"), false, Map.of());

    private final VirtualAgenda agenda = new VirtualAgenda();
    private final TermAgenda term = new TermAgenda(agenda);
    private final Set<HostedZone> denied = new HashSet<>(Set.of(ZONE, OTHER));
    private int unreached;
    private int looks;
    private int found;

    private void read(HostedZone zone) {
        if (denied.contains(zone)) {
            throw new AccessDeniedException(failure(), "route53:ListResourceRecordSets", "no", null);
        }
    }

    private static AwsCallException.Failure failure() {
        return new AwsCallException.Failure("route53", "ListResourceRecordSets", "AccessDenied", 403, "r", 1, false);
    }

    private void begin(Unfound unfound) {
        new SecondLook(
                        term,
                        () -> {
                            looks++;
                            return unfound.isLess(() -> unreached, this::read);
                        },
                        () -> found++)
                .later();
    }

    @Test
    void aZoneThatMayBeReadByNow_isFoundWithinTenMinutes_andOnce() {
        begin(new Unfound(0, List.of(ZONE, OTHER)));
        agenda.pass(Duration.ofMinutes(25));
        assertThat(looks).isEqualTo(2);
        assertThat(found).isZero();

        denied.remove(OTHER);
        agenda.pass(Duration.ofMinutes(5));

        assertThat(found).isEqualTo(1);
        agenda.pass(Duration.ofHours(1));
        assertThat(looks).isEqualTo(3);
    }

    @Test
    void aRoleThatCanBeAssumedByNow_isFound_andOneMoreThatCannotIsNone() {
        unreached = 2;
        begin(new Unfound(1, List.of()));
        agenda.pass(Duration.ofMinutes(10));
        assertThat(found).isZero();

        unreached = 0;
        agenda.pass(Duration.ofMinutes(10));

        assertThat(found).isEqualTo(1);
    }

    @Test
    void aLookThatFailsIsRepeated() {
        Unfound unfound = new Unfound(0, List.of(ZONE));
        assertThatThrownBy(() -> unfound.isLess(() -> 0, zone -> {
                    throw new AwsCallException(failure(), "it is busy", "wait", null);
                }))
                .isInstanceOf(AwsCallException.class);
        new SecondLook(
                        term,
                        () -> {
                            if (++looks == 1) {
                                throw new AwsCallException(failure(), "it is busy", "wait", null);
                            }
                            return true;
                        },
                        () -> found++)
                .later();
        agenda.pass(Duration.ofMinutes(20));

        assertThat(found).isEqualTo(1);
    }

    @Test
    void afterTheTermNobodyLooks() {
        begin(new Unfound(1, List.of()));
        term.close();
        agenda.pass(Duration.ofHours(1));

        assertThat(looks).isZero();
    }

    @Test
    void whatIsFoundAndNotTaken_isFoundAgain() {
        new SecondLook(term, () -> true, () -> {
                    if (++found == 1) {
                        throw new IllegalStateException("it did not begin anew");
                    }
                })
                .later();

        agenda.pass(Duration.ofHours(1));

        assertThat(found).isEqualTo(2);
    }

    /** What a term has, of which only its look knows. */
    private WeakReference<Object> held() {
        Object zones = new Object();
        new SecondLook(term, () -> zones.hashCode() == 0, () -> found += zones.hashCode()).later();
        return new WeakReference<>(zones);
    }

    @Test
    @Timeout(30)
    void aTermThatIsOverIsHeldByNothing() throws InterruptedException {
        WeakReference<Object> zones = held();
        agenda.pass(Duration.ofMinutes(15));

        term.close();

        while (!zones.refersTo(null)) {
            System.gc();
            Thread.sleep(10);
        }
        agenda.pass(Duration.ofHours(1));
        assertThat(found).isZero();
    }
}
