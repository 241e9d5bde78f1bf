/**
 * The one way to a live etcd, and the only place that knows gRPC and jetcd's messages: deadlines, retries, circuit breakers, TLS, users, and what a failure means. Start reading at
 * {@link io.k8saws.etcd.internal.seam.EtcdCalls}.
 */
@NullMarked
package io.k8saws.etcd.internal.seam;

import org.jspecify.annotations.NullMarked;
