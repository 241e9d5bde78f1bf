/**
 * What the library tells a program's metrics: calls, retries, bytes, operations. It knows no metrics library; start reading at {@link io.k8saws.telemetry.Telemetry}.
 */
@NullMarked
package io.k8saws.telemetry;

import org.jspecify.annotations.NullMarked;
