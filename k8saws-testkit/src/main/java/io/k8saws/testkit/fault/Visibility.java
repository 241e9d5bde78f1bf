package io.k8saws.testkit.fault;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * Keeps what was just created out of sight, as an eventually consistent service does.
 *
 * <p>Thread-safe.
 */
final class Visibility {
    private static final class Hidden {
        private final Thing thing;
        private final Instant until;
        private int sightingsLeft;

        Hidden(Thing thing, int sightings, Instant until) {
            this.thing = thing;
            this.sightingsLeft = sightings;
            this.until = until;
        }
    }

    private final List<Delayed> rules;
    private final Clock clock;
    private final List<Hidden> hidden = new ArrayList<>();
    private final Set<Thing> known = new HashSet<>();

    Visibility(List<Delayed> rules, Clock clock) {
        this.rules = rules;
        this.clock = clock;
    }

    /** The not-found error for a request that names something hidden, or null. Counts as a sighting. */
    synchronized @Nullable AwsError refusal(SeenRequest seen) {
        for (Hidden candidate : stillHidden()) {
            AwsError error = candidate.thing.refusal(seen);
            if (error != null) {
                candidate.sightingsLeft--;
                return error;
            }
        }
        return null;
    }

    /** Learns from the answer of a create; leaves hidden things out of any other answer. */
    HttpExecuteResponse through(SeenRequest seen, HttpExecuteResponse response) throws IOException {
        if (rules.isEmpty() || !response.httpResponse().isSuccessful()) {
            return response;
        }
        boolean creates = Thing.isCreatedBy(seen);
        if (!creates && (seen.call().write() || nothingHiddenFrom(seen))) {
            return response;
        }
        byte[] body = read(response);
        return withBody(response, creates ? learn(seen, body) : leaveOut(seen, body));
    }

    private synchronized byte[] learn(SeenRequest seen, byte[] body) {
        for (Thing thing : Thing.createdBy(seen, body)) {
            if (known.add(thing)) {
                rules.stream()
                        .filter(rule -> rule.calls().test(seen.call()))
                        .forEach(rule -> hidden.add(new Hidden(
                                thing,
                                rule.sightings() == 0 ? Integer.MAX_VALUE : rule.sightings(),
                                rule.sightings() == 0 ? clock.instant().plus(rule.time()) : Instant.MAX)));
            }
        }
        return body;
    }

    private synchronized byte[] leaveOut(SeenRequest seen, byte[] body) {
        byte[] rest = body;
        for (Hidden candidate : stillHidden()) {
            Optional<byte[]> without = candidate.thing.leaveOut(seen, rest);
            if (without.isPresent()) {
                candidate.sightingsLeft--;
                rest = without.get();
            }
        }
        return rest;
    }

    private synchronized boolean nothingHiddenFrom(SeenRequest seen) {
        return stillHidden().stream().noneMatch(candidate -> candidate.thing.isListedBy(seen));
    }

    private List<Hidden> stillHidden() {
        Instant now = clock.instant();
        hidden.removeIf(candidate -> candidate.sightingsLeft <= 0 || !now.isBefore(candidate.until));
        return List.copyOf(hidden);
    }

    private static byte[] read(HttpExecuteResponse response) throws IOException {
        if (response.responseBody().isEmpty()) {
            return new byte[0];
        }
        try (InputStream body = response.responseBody().get()) {
            return body.readAllBytes();
        }
    }

    private static HttpExecuteResponse withBody(HttpExecuteResponse response, byte[] body) {
        SdkHttpResponse head = response.httpResponse();
        SdkHttpFullResponse.Builder rebuilt =
                SdkHttpFullResponse.builder().statusCode(head.statusCode()).headers(head.headers());
        head.statusText().ifPresent(rebuilt::statusText);
        if (head.firstMatchingHeader("Content-Length").isPresent()) {
            rebuilt.putHeader("Content-Length", String.valueOf(body.length));
        }
        return HttpExecuteResponse.builder()
                .response(rebuilt.build())
                .responseBody(AbortableInputStream.create(new ByteArrayInputStream(body)))
                .build();
    }
}
