/**
 * The one place where calls leave for AWS and Kubernetes: deadlines, retries, rate limits, circuit breakers,
 * and the translation of errors. Start at {@link io.k8saws.internal.seam.GuardedClients}; {@code Guard} is what every request passes.
 */
@NullMarked
package io.k8saws.internal.seam;

import org.jspecify.annotations.NullMarked;
