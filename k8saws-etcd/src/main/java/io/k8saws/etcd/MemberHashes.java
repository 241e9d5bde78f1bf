package io.k8saws.etcd;

import io.k8saws.etcd.backup.HashKvWitness;
import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.EtcdMember;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.internal.seam.EtcdCalls;
import io.k8saws.etcd.internal.seam.KeyHash;
import io.k8saws.etcd.internal.seam.Outcome;
import io.k8saws.etcd.snapshot.HashKv;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Asks members what their data hashes to. */
record MemberHashes(EtcdCalls calls) {
    static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration AWAY_LIMIT = Duration.ofSeconds(5);

    /** One for each that is asked; those that do not answer at all are not waited for as long. */
    List<MemberHash> of(EtcdHealth health, Predicate<MemberHealth> members, long revision, Duration limit) {
        List<MemberHealth> asked = health.members().stream()
                .filter(member -> !member.endpoint().isEmpty())
                .filter(members)
                .toList();
        Map<URI, Outcome<KeyHash>> hashes = new HashMap<>();
        hashes.putAll(calls.hashes(endpoints(asked, MemberHealth::answers), revision, limit));
        hashes.putAll(calls.hashes(
                endpoints(asked, member -> !member.answers()), revision, Collections.min(List.of(limit, AWAY_LIMIT))));
        return asked.stream()
                .map(member -> hash(
                        member.member(), Objects.requireNonNull(hashes.get(URI.create(member.endpoint()))), revision))
                .toList();
    }

    List<HashKvWitness> witnesses(EtcdHealth health) {
        return health.members().stream()
                .filter(member -> !member.endpoint().isEmpty())
                .<HashKvWitness>map(member -> new LiveWitness(calls, member.member(), URI.create(member.endpoint())))
                .toList();
    }

    private static Set<URI> endpoints(List<MemberHealth> members, Predicate<MemberHealth> which) {
        return members.stream()
                .filter(which)
                .map(member -> URI.create(member.endpoint()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static MemberHash hash(EtcdMember member, Outcome<KeyHash> outcome, long revision) {
        return new MemberHash(
                member,
                outcome.answer()
                        .map(hash -> new HashKv(
                                hash.hash(),
                                revision == 0 ? hash.revision() : revision,
                                Math.max(0, hash.compactRevision()))),
                outcome.failure().map(HealthLook::brief).orElse(""));
    }
}
