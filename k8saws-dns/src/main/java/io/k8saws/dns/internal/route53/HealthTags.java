package io.k8saws.dns.internal.route53;

import io.k8saws.error.AwsCallException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells the tags of health checks, some of which may be gone. Safe to use from many threads. */
final class HealthTags {
    /** The code of an error about a check that is not there. */
    static final String GONE = "NoSuchHealthCheck";

    private final HealthCalls calls;

    HealthTags(HealthCalls calls) {
        this.calls = calls;
    }

    /** Of one; empty when it is gone. */
    Optional<Map<String, String>> of(String id) {
        try {
            return Optional.of(calls.tags(List.of(id)).getOrDefault(id, Map.of()));
        } catch (AwsCallException e) {
            if (isGone(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Without those that are gone, of which one makes the answer for all others an error. */
    Map<String, Map<String, String>> of(List<String> ids) {
        Map<String, Map<String, String>> all = new HashMap<>();
        try {
            if (!ids.isEmpty()) {
                Map<String, Map<String, String>> told = calls.tags(ids);
                ids.forEach(id -> all.put(id, told.getOrDefault(id, Map.of())));
            }
        } catch (AwsCallException e) {
            if (!isGone(e)) {
                throw e;
            }
            ids.forEach(id -> of(id).ifPresent(tags -> all.put(id, tags)));
        }
        return all;
    }

    /** Whether a call failed because there is no such check. */
    static boolean isGone(AwsCallException e) {
        return e.code().equals(GONE);
    }
}
