/**
 * What Kubernetes keeps in etcd, decoded: the key of an object ({@link io.k8saws.etcd.registry.ResourceKey}) and the gist of its value ({@link io.k8saws.etcd.registry.ResourceValue}). Pure;
 * of use with any copy of etcd's data. Start at either.
 */
@NullMarked
package io.k8saws.etcd.registry;

import org.jspecify.annotations.NullMarked;
