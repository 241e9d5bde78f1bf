/**
 * One small program for each story. {@link io.k8saws.samples.HelloCluster} is the shortest, {@link io.k8saws.samples.Quickstart} the longest and the only one
 * that keeps to an emulator; the others work where the SDK's default credentials and {@code AWS_ENDPOINT_URL} point. {@code samples/run} starts them.
 */
@NullMarked
package io.k8saws.samples;

import org.jspecify.annotations.NullMarked;
