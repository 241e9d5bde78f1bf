/**
 * Makes AWS misbehave on purpose, and counts what a program asks of it.
 *
 * <p>Start at {@link io.k8saws.testkit.fault.FaultyHttpClient}, which stands between an AWS SDK client and the service, and at
 * {@link io.k8saws.testkit.fault.Faults}, which says what goes wrong. {@link io.k8saws.testkit.fault.CallLog} is what the client
 * has seen.
 */
@NullMarked
package io.k8saws.testkit.fault;

import org.jspecify.annotations.NullMarked;
