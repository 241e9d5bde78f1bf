/**
 * The one place where calls leave for AWS and Kubernetes: deadlines, retries, rate limits, circuit breakers,
 * and the translation of errors. Not for users.
 */
@NullMarked
package io.k8saws.internal.seam;

import org.jspecify.annotations.NullMarked;
