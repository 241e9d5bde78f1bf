package io.k8saws.pki;

import io.k8saws.cluster.SampleSpecs;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Clusters and times that several tests use. */
final class PkiSamples {
    static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    private static final Map<KeyAlgorithm, SecretKeyPair> KEYS = new ConcurrentHashMap<>();

    private PkiSamples() {}

    /** One key of each kind for all tests: large RSA keys take seconds. */
    static SecretKeyPair key(KeyAlgorithm algorithm) {
        return KEYS.computeIfAbsent(algorithm, SecretKeyPair::generate);
    }

    static Clock in(Duration span) {
        return Clock.fixed(NOW.plus(span), ZoneOffset.UTC);
    }

    /** Three control-plane nodes, three members on machines of their own, a second etcd cluster for events. */
    static PkiSpec payments() {
        return PkiSpec.of(
                        SampleSpecs.payments()
                                .etcd(e -> e.separateEvents())
                                .dns(d -> d.publicZone("example.com"))
                                .build(),
                        "payments-api-0123456789abcdef.elb.eu-west-1.amazonaws.com")
                .toBuilder()
                .addControlPlaneNode("i-0a1b2c3d4e5f60001", "10.0.1.11")
                .addControlPlaneNode("i-0a1b2c3d4e5f60002", "10.0.33.12")
                .build();
    }

    /** One control-plane node that is the one etcd member, too; IPv6 beside IPv4, further names, RSA where it is asked for, other lives. */
    static PkiSpec lab() {
        return PkiSpec.of(
                        SampleSpecs.lab().kubernetesVersion("1.35.2").build(), "*.lab.example.com", "2001:DB8:0:0::10")
                .toBuilder()
                .clusterDomain("lab.local")
                .addControlPlaneNode("lab-1", "10.9.0.5", "fd00::5")
                .etcdServerNames(List.of("etcd.lab.internal"))
                .etcdPeerNames(List.of("10.9.0.200"))
                .keyAlgorithm(KeyAlgorithm.ECDSA_P384)
                .putKeyAlgorithm("sa", KeyAlgorithm.RSA_2048)
                .putKeyAlgorithm("admin.conf", KeyAlgorithm.RSA_3072)
                .authorityValidity(Duration.ofDays(730))
                .certificateValidity(Duration.ofHours(36))
                .build();
    }
}
