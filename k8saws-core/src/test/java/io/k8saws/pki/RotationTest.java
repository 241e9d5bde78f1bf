package io.k8saws.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RotationTest {
    private static final String OLD = "a".repeat(64);
    private static final String NEW = "b".repeat(64);
    private static final Duration LIFE = Duration.ofHours(24);

    private static Rotation in(RotationPhase phase) {
        return new Rotation(ClusterKey.AUTHORITY_ETCD, OLD, NEW, phase, PkiSamples.NOW, LIFE);
    }

    private static ObservedTrust member(String... trusts) {
        return ObservedTrust.of("etcd-1").trusting(trusts);
    }

    @Test
    void goesFromPhaseToPhase() {
        Instant later = PkiSamples.NOW.plus(LIFE);
        Rotation rotation = in(RotationPhase.TRUST_BOTH);

        assertThat(rotation.trusted()).isEqualTo(Set.of(OLD, NEW));
        assertThat(rotation.signer()).isEqualTo(OLD);
        rotation = rotation.advance(List.of(member(OLD, NEW).presenting(OLD).signingWith(OLD)), PkiSamples.NOW);
        assertThat(rotation.phase()).isEqualTo(RotationPhase.SIGN_WITH_NEW);
        assertThat(rotation.signer()).isEqualTo(NEW);
        rotation = rotation.advance(List.of(member(OLD, NEW).presenting(OLD).signingWith(NEW)), PkiSamples.NOW);
        assertThat(rotation.phase()).isEqualTo(RotationPhase.REISSUE);
        rotation = rotation.advance(List.of(member(OLD, NEW).presenting(NEW).signingWith(NEW)), later);
        assertThat(rotation.phase()).isEqualTo(RotationPhase.DROP_OLD);
        assertThat(rotation.since()).isEqualTo(later);
        assertThat(rotation.trusted()).isEqualTo(Set.of(NEW));
        rotation = rotation.advance(List.of(member(NEW).presenting(NEW)), later);
        assertThat(rotation.phase()).isEqualTo(RotationPhase.DONE);
        assertThat(rotation.advance(List.of(), later)).isEqualTo(rotation);
    }

    @Test
    void saysWhatStandsInTheWay() {
        blocked(RotationPhase.TRUST_BOTH, member(OLD), "etcd-1 does not trust bbbbbbbbbbbb");
        blocked(RotationPhase.TRUST_BOTH, member(), "etcd-1 does not trust aaaaaaaaaaaa and bbbbbbbbbbbb");
        blocked(RotationPhase.SIGN_WITH_NEW, member(OLD, NEW).signingWith(OLD, NEW), "still signs with the old key");
        blocked(RotationPhase.REISSUE, member(OLD, NEW).presenting(OLD), "still shows what the old key has signed");
        blocked(RotationPhase.REISSUE, member(OLD, NEW).signingWith(OLD), "signs with the old key again");
        blocked(RotationPhase.DROP_OLD, member(OLD, NEW), "still trusts the old key");
        blocked(
                RotationPhase.DROP_OLD,
                member(NEW).presenting(OLD),
                "etcd-1 does not trust aaaaaaaaaaaa, which etcd-1 uses");
    }

    private static void blocked(RotationPhase phase, ObservedTrust seen, String why) {
        Rotation rotation = in(phase);
        Instant later = PkiSamples.NOW.plus(LIFE);

        assertThat(rotation.blockers(List.of(seen), later))
                .singleElement()
                .asString()
                .contains(why);
        assertThatThrownBy(() -> rotation.advance(List.of(seen), later))
                .isInstanceOfSatisfying(RotationBlockedException.class, e -> {
                    assertThat(e.blockers()).isEqualTo(rotation.blockers(List.of(seen), later));
                    assertThat(e.retryable()).isTrue();
                })
                .hasMessageContaining("Advance the rotation of the authority etcd from " + phase)
                .hasMessageContaining(why)
                .hasMessageContaining(rotation.task());
    }

    @ParameterizedTest
    @EnumSource(value = RotationPhase.class, names = "DONE", mode = EnumSource.Mode.EXCLUDE)
    void whoSawNothingGoesNowhere(RotationPhase phase) {
        Instant later = PkiSamples.NOW.plus(LIFE);

        assertThat(in(phase).blockers(List.of(), later)).containsExactly("no verifier was looked at");
        assertThat(in(phase).blockers(List.of(ObservedTrust.of("signer").signingWith(NEW)), later))
                .contains("no verifier was looked at");
        assertThat(in(phase).blockers(List.of(member(OLD, NEW), ObservedTrust.unknown("etcd-2")), later))
                .contains("etcd-2 has not told what it has loaded");
    }

    @Test
    void waitsForWhatNobodySees() {
        List<ObservedTrust> world = List.of(member(OLD, NEW).presenting(NEW));
        Rotation rotation = in(RotationPhase.REISSUE);

        assertThat(rotation.blockers(world, PkiSamples.NOW.plus(LIFE).minusSeconds(1)))
                .singleElement()
                .asString()
                .contains("may live until 2026-11-24T12:00:00Z");
        assertThat(rotation.blockers(world, PkiSamples.NOW.plus(LIFE))).isEmpty();
    }

    @Test
    void manyBlockersAreCounted() {
        List<ObservedTrust> world = java.util.stream.IntStream.range(0, 13)
                .mapToObj(i -> ObservedTrust.of("kubelet-" + i).trusting(OLD))
                .toList();

        assertThatThrownBy(() -> in(RotationPhase.TRUST_BOTH).advance(world, PkiSamples.NOW))
                .hasMessageContaining("and 3 more")
                .isInstanceOfSatisfying(RotationBlockedException.class, e -> assertThat(e.blockers())
                        .hasSize(13));
    }

    @ParameterizedTest
    @EnumSource(RotationPhase.class)
    void isReadAsItWasSaved(RotationPhase phase) {
        Rotation authority = in(phase);
        Rotation tokens = new Rotation(
                ClusterKey.SERVICE_ACCOUNTS, OLD, NEW, phase, Instant.parse("2026-01-02T03:04:05.678Z"), LIFE);

        assertThat(Rotation.fromJson(authority.toJson())).isEqualTo(authority);
        assertThat(Rotation.fromJson(tokens.toJson())).isEqualTo(tokens);
    }

    @Test
    void theSavedTextStaysReadable() {
        assertThat(Rotation.fromJson("{\"format\":\"k8saws-rotation/1\",\"authority\":\"ETCD\",\"from\":\"" + OLD
                        + "\",\"to\":\"" + NEW
                        + "\",\"phase\":\"REISSUE\",\"since\":\"2026-11-23T12:00:00Z\",\"unseenLife\":\"PT24H\"}"))
                .isEqualTo(in(RotationPhase.REISSUE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[",
                "{}",
                "{\"format\":\"k8saws-rotation/2\"}",
                "{\"format\":\"k8saws-rotation/1\"}",
                "{\"format\":\"k8saws-rotation/1\",\"from\":\"a\",\"to\":\"b\",\"phase\":\"DONE\",\"since\":\"2026-11-23T12:00:00Z\",\"unseenLife\":\"PT0S\"}",
                "{\"format\":\"k8saws-rotation/1\",\"from\":\"a\",\"to\":\"b\",\"phase\":\"LATER\",\"since\":\"x\",\"unseenLife\":\"PT0S\"}"
            })
    void anotherTextIsRefused(String text) {
        assertThatThrownBy(() -> Rotation.fromJson(text))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageStartingWith("Read a rotation: ");
    }

    @Test
    void turnsBackFromEveryPhaseButTheLast() {
        turnsBack(RotationPhase.TRUST_BOTH, RotationPhase.DROP_OLD, OLD, Set.of(OLD));
        turnsBack(RotationPhase.SIGN_WITH_NEW, RotationPhase.SIGN_WITH_NEW, OLD, Set.of(OLD, NEW));
        turnsBack(RotationPhase.REISSUE, RotationPhase.SIGN_WITH_NEW, OLD, Set.of(OLD, NEW));
        turnsBack(RotationPhase.DROP_OLD, RotationPhase.TRUST_BOTH, NEW, Set.of(OLD, NEW));
        assertThatThrownBy(() -> in(RotationPhase.DONE).rollBack(PkiSamples.NOW))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("Begin a new rotation");
    }

    private static void turnsBack(RotationPhase from, RotationPhase to, String signer, Set<String> trusted) {
        Rotation back = in(from).rollBack(PkiSamples.NOW.plusSeconds(1));

        assertThat(back.phase()).isEqualTo(to);
        assertThat(back.to()).isEqualTo(OLD);
        assertThat(back.signer()).isEqualTo(signer);
        assertThat(back.trusted()).isEqualTo(trusted);
        assertThat(back.since()).isEqualTo(PkiSamples.NOW.plusSeconds(1));
    }

    @Test
    void needsTwoKeys() {
        CertificateAuthority one = ClusterPki.of(PkiSamples.payments())
                .createAuthorities(PkiSamples.CLOCK)
                .get(AuthorityRole.KUBERNETES);

        assertThatThrownBy(
                        () -> Rotation.ofAuthority(AuthorityRole.KUBERNETES, one, one, Duration.ZERO, PkiSamples.NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two keys");
    }

    @Test
    void tellsWhatToDo() {
        SecretKeyPair from = SecretKeyPair.generate(KeyAlgorithm.ECDSA_P256);
        SecretKeyPair to = SecretKeyPair.generate(KeyAlgorithm.ECDSA_P256);
        Rotation rotation = Rotation.ofServiceAccountKey(from, to, Duration.ofDays(365), PkiSamples.NOW);

        assertThat(rotation.toString().lines())
                .hasSize(5)
                .first()
                .isEqualTo(
                        "Rotation of the service-account key from " + from.id().substring(0, 12) + " to "
                                + to.id().substring(0, 12) + ": TRUST_BOTH since 2026-11-23T12:00:00Z");
        for (RotationPhase phase : RotationPhase.values()) {
            Rotation at = new Rotation(ClusterKey.SERVICE_ACCOUNTS, OLD, NEW, phase, PkiSamples.NOW, LIFE);
            assertThat(at.task()).isNotBlank().doesNotEndWith(".");
            assertThat(in(phase).task()).isNotBlank().doesNotEndWith(".");
            assertThat(at.requirement()).isNotBlank().doesNotEndWith(".");
        }
    }

    /** Two authorities of one name are both trusted in the middle: a verifier must find the right one for each certificate. */
    @Test
    void bothAuthoritiesOfOneNameAreTrustedFromOneFile() throws Exception {
        ClusterPki pki = ClusterPki.of(PkiSamples.payments());
        CertificateAuthority old = pki.createAuthorities(PkiSamples.CLOCK).get(AuthorityRole.KUBERNETES);
        CertificateAuthority fresh = pki.createAuthorities(PkiSamples.CLOCK).get(AuthorityRole.KUBERNETES);
        String bundle = Pem.of(List.of(old.certificate(), fresh.certificate()));

        assertThat(Pem.certificates(bundle)).containsExactly(old.certificate(), fresh.certificate());
        assertThat(old.certificate().getSubjectX500Principal())
                .isEqualTo(fresh.certificate().getSubjectX500Principal());
        Rotation rotation = Rotation.ofAuthority(AuthorityRole.KUBERNETES, old, fresh, Duration.ZERO, PkiSamples.NOW);
        assertThat(rotation.trusted()).isEqualTo(Set.of(old.id(), fresh.id()));
    }
}
