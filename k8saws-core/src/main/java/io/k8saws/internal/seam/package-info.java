/**
 * The one place where calls leave for AWS and Kubernetes: deadlines, retries, rate limits, circuit breakers,
 * and the translation of errors. Start at {@link io.k8saws.internal.seam.GuardedClients}; {@code Guard} is what every request to AWS passes.
 * {@link io.k8saws.internal.seam.GuardedKubernetes} is the same for Kubernetes.
 */
@NullMarked
package io.k8saws.internal.seam;

import org.jspecify.annotations.NullMarked;
