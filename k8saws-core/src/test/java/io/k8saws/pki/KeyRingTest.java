package io.k8saws.pki;

import static io.k8saws.pki.ClusterKey.AUTHORITY_ETCD;
import static io.k8saws.pki.ClusterKey.AUTHORITY_KUBERNETES;
import static io.k8saws.pki.ClusterKey.SECRETS_ENCRYPTION;
import static io.k8saws.pki.ClusterKey.SERVICE_ACCOUNTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A ring says which generations are in use, and what comes next")
class KeyRingTest {
    private static final Instant NOW = PkiSamples.NOW;
    private static final Duration HOUR = Duration.ofHours(1);

    /** A machine that has loaded exactly what the ring wants of a rotation. */
    private static List<ObservedTrust> loaded(Rotation rotation) {
        return List.of(ObservedTrust.of("machine")
                .trusting(rotation.trusted().toArray(String[]::new))
                .signingWith(rotation.signer())
                .presenting(rotation.signer()));
    }

    private static KeyRing next(KeyRing ring, Instant now, ClusterKey... keys) {
        return ring.next(List.of(keys), KeyRingTest::loaded, key -> HOUR, now);
    }

    private static KeyUse.Use use(int signer, Integer... trusted) {
        return new KeyUse.Use(signer, Set.of(trusted));
    }

    @Test
    void severalKeysGoFromPhaseToPhaseTogether_andTheOldGenerationsAreDestroyedInTheEnd() {
        KeyRing ring = next(KeyRing.first(), NOW, AUTHORITY_ETCD, SERVICE_ACCOUNTS);
        List<String> seen = new ArrayList<>();
        Instant now = NOW;
        for (int i = 0; i < 5; i++) {
            assertThat(ring.use().of(AUTHORITY_ETCD)).isEqualTo(ring.use().of(SERVICE_ACCOUNTS));
            seen.add(ring.of(AUTHORITY_ETCD).rotation().orElseThrow().phase() + " "
                    + ring.use().of(AUTHORITY_ETCD).signer() + " "
                    + ring.use().trusted(AUTHORITY_ETCD).size() + " " + ring.retired());
            now = now.plus(HOUR);
            ring = i < 4 ? next(ring, now, AUTHORITY_ETCD, SERVICE_ACCOUNTS) : ring;
        }

        assertThat(seen)
                .containsExactly(
                        "TRUST_BOTH 1 2 []",
                        "SIGN_WITH_NEW 2 2 []",
                        "REISSUE 2 2 []",
                        "DROP_OLD 2 1 []",
                        "DONE 2 1 [authority-etcd-1, service-accounts-1]");
        assertThat(ring.running()).isEmpty();
        assertThat(ring.rotations()).hasSize(2);
        assertThat(ring.use().of(AUTHORITY_KUBERNETES)).isEqualTo(use(1, 1));
        assertThat(next(ring, now, AUTHORITY_ETCD).use().of(AUTHORITY_ETCD)).isEqualTo(use(2, 2, 3));
    }

    @Test
    void whoIsBehindCatchesUpFirst_andOneThatIsHeldUpHoldsUpItsLike() {
        KeyRing ring = next(next(KeyRing.first(), NOW, AUTHORITY_ETCD), NOW, AUTHORITY_ETCD);

        ring = next(ring, NOW, AUTHORITY_ETCD, SERVICE_ACCOUNTS);
        assertThat(phases(ring)).containsExactly("SIGN_WITH_NEW", "TRUST_BOTH");
        ring = next(ring, NOW, AUTHORITY_ETCD, SERVICE_ACCOUNTS);
        assertThat(phases(ring)).containsExactly("SIGN_WITH_NEW", "SIGN_WITH_NEW");

        KeyRing together = ring;
        assertThatThrownBy(() -> together.next(
                        List.of(AUTHORITY_ETCD, SERVICE_ACCOUNTS),
                        rotation -> rotation.key() == AUTHORITY_ETCD
                                ? loaded(rotation)
                                : List.of(ObservedTrust.unknown("control-plane i-1")),
                        key -> HOUR,
                        NOW))
                .isInstanceOf(RotationBlockedException.class)
                .hasMessageContaining("service-accounts: control-plane i-1 has not told what it has loaded");
    }

    private static List<String> phases(KeyRing ring) {
        return ring.running().stream().map(rotation -> rotation.phase().name()).toList();
    }

    @Test
    void timeThatNobodySeesIsWaitedFor() {
        KeyRing ring = KeyRing.first();
        for (int i = 0; i < 3; i++) {
            ring = next(ring, NOW, AUTHORITY_KUBERNETES);
        }
        KeyRing reissuing = ring;

        assertThat(phases(reissuing)).containsExactly("REISSUE");
        assertThatThrownBy(() -> next(reissuing, NOW.plus(HOUR).minusSeconds(1), AUTHORITY_KUBERNETES))
                .isInstanceOf(RotationBlockedException.class)
                .hasMessageContaining("may live until");
        assertThat(phases(next(reissuing, NOW.plus(HOUR), AUTHORITY_KUBERNETES)))
                .containsExactly("DROP_OLD");
    }

    @Test
    void whatWasRolledBackIsDestroyed_andItsNumberIsNotUsedAgain() {
        KeyRing back = next(KeyRing.first(), NOW, AUTHORITY_ETCD).rollBack(List.of(AUTHORITY_ETCD), NOW);
        assertThat(back.use().of(AUTHORITY_ETCD)).isEqualTo(use(1, 1));
        assertThat(back.retired()).as("not before all have let go of it").isEmpty();

        KeyRing done = next(back, NOW, AUTHORITY_ETCD);
        assertThat(done.retired()).extracting(KeyGeneration::name).containsExactly("authority-etcd-2");
        assertThat(next(done, NOW, AUTHORITY_ETCD).use().of(AUTHORITY_ETCD)).isEqualTo(use(1, 1, 3));
        assertThatThrownBy(() -> done.rollBack(List.of(AUTHORITY_ETCD), NOW))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("none runs");
    }

    @Test
    void secretsThatWereNotEncrypted_areReadByAllBeforeAnybodyEncrypts() {
        KeyRing ring = KeyRing.first().begin(SECRETS_ENCRYPTION, 0, Duration.ZERO, NOW);

        assertThat(ring.use().of(SECRETS_ENCRYPTION)).isEqualTo(use(0, 0, 1));
        assertThat(ring.use().trusted(SECRETS_ENCRYPTION))
                .extracting(KeyGeneration::name)
                .containsExactly("secrets-encryption-1");
        KeyRing signing = next(ring, NOW, SECRETS_ENCRYPTION);
        assertThat(signing.use().of(SECRETS_ENCRYPTION)).isEqualTo(use(1, 0, 1));
        assertThat(KeyRing.fromJson(signing.toJson())).isEqualTo(signing);
        assertThat(ring.rollBack(List.of(SECRETS_ENCRYPTION), NOW).use().trusted(SECRETS_ENCRYPTION))
                .isEmpty();
    }

    @Test
    void noKeyIsNoRotation() {
        assertThatThrownBy(() -> next(KeyRing.first(), NOW)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Whatever is done in whatever order: no generation is in use and retired, none comes back, and the text tells all. */
    @Property(tries = 300)
    void everyWalkKeepsTheRing(@ForAll @Size(max = 60) List<@IntRange(max = 999) Integer> choices) {
        KeyRing ring = KeyRing.first();
        Instant now = NOW;
        Collection<KeyGeneration> gone = new ArrayList<>();
        for (int choice : choices) {
            ClusterKey key = ClusterKey.values()[choice % 3];
            now = now.plus(HOUR);
            KeyRing former = ring;
            ring = choice % 4 == 0 && former.of(key).running().isPresent()
                    ? former.rollBack(List.of(key), now)
                    : next(former, now, key);

            gone.addAll(ring.retired());
            for (ClusterKey each : ClusterKey.values()) {
                assertThat(ring.use().trusted(each)).noneMatch(gone::contains);
                assertThat(ring.use().of(each).trusted())
                        .contains(former.use().of(each).signer());
            }
            assertThat(KeyRing.fromJson(ring.toJson())).isEqualTo(ring);
            assertThat(ring.toString()).isNotBlank();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"authority-moon\":{\"current\":1,\"made\":1}}",
                "{\"authority-etcd\":{\"current\":2,\"made\":1}}",
                "{\"authority-etcd\":{\"made\":1}}",
                "{\"authority-etcd\":{\"current\":\"1\",\"made\":1}}"
            })
    void anotherTextIsRefused(String text) {
        assertThatThrownBy(() -> KeyRing.fromJson(text))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageStartingWith("Read which keys of the cluster are in use: ");
    }
}
