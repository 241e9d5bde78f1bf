/** What is known of Kubernetes beforehand. Start reading at {@link io.k8saws.etcd.internal.kube.BuiltinKinds}. */
@NullMarked
package io.k8saws.etcd.internal.kube;

import org.jspecify.annotations.NullMarked;
