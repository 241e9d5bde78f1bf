/**
 * Measurements: what planning and applying cost, in calls, time and memory.
 */
@NullMarked
package io.k8saws.benchmarks;

import org.jspecify.annotations.NullMarked;
