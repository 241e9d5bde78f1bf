/**
 * Real components for JUnit 5 tests: AWS emulators, etcd and the Kubernetes API server, started on free
 * loopback ports, and faults on the way to them.
 */
@NullMarked
package io.k8saws.testkit;

import org.jspecify.annotations.NullMarked;
