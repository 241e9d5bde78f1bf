package io.k8saws.etcd;

import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.backup.HashKvWitness;
import io.k8saws.etcd.health.EtcdMember;
import io.k8saws.etcd.internal.seam.EtcdCalls;
import io.k8saws.etcd.internal.seam.KeyHash;
import io.k8saws.etcd.internal.seam.Outcome;
import io.k8saws.etcd.snapshot.HashKv;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A member of a live etcd that is asked for its hash, and nobody in its place. */
record LiveWitness(EtcdCalls calls, EtcdMember asked, URI endpoint) implements HashKvWitness {
    @Override
    public String member() {
        return asked.label();
    }

    @Override
    public HashKv hashKv(long revision, Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new K8sAwsException(
                    "Ask " + asked.label() + " for its hash",
                    "no time was left",
                    "give it more time",
                    Map.of("endpoint", endpoint.toString()),
                    null);
        }
        Outcome<KeyHash> outcome = Objects.requireNonNull(
                calls.hashes(Set.of(endpoint), revision, limit).get(endpoint));
        if (outcome.failure().isPresent()) {
            throw outcome.failure().get();
        }
        KeyHash hash = outcome.answer().orElseThrow();
        return new HashKv(hash.hash(), revision, Math.max(0, hash.compactRevision()));
    }

    /** The member. */
    @Override
    public String toString() {
        return "witness " + asked.label();
    }
}
