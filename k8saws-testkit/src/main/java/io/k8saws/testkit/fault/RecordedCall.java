package io.k8saws.testkit.fault;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One finished call in a {@link CallLog}.
 *
 * <p>Immutable.
 *
 * @param call what was asked
 * @param startedAt when the call reached the client, before any injected delay
 * @param took from {@code startedAt} until the answer's head or the failure was there; includes injected delays
 * @param status the HTTP status that the caller saw, or 0 when it got no answer
 * @param served whether the request was sent to the service. A call that was cut <em>after</em> it was served has {@code true}
 *     here and status 0
 * @param fault what was injected into this call, in words; empty when nothing was
 */
public record RecordedCall(
        AwsCall call, Instant startedAt, Duration took, int status, boolean served, Optional<String> fault) {}
