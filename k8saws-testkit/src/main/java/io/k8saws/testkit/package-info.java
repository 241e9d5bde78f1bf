/**
 * Real components for JUnit 5 tests: AWS emulators, etcd and the Kubernetes API server, started on free
 * loopback ports. Start at {@link io.k8saws.testkit.AwsEmulator} for a parameter of a test, or at {@link io.k8saws.testkit.Testbed} without JUnit.
 */
@NullMarked
package io.k8saws.testkit;

import org.jspecify.annotations.NullMarked;
