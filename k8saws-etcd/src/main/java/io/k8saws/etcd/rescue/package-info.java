/**
 * Single objects of a snapshot written back into a live etcd: a namespace, a kind of objects, keys with a prefix. A plan that only reads shows each key first. Start reading at
 * {@link io.k8saws.etcd.rescue.Rescue}.
 */
@NullMarked
package io.k8saws.etcd.rescue;

import org.jspecify.annotations.NullMarked;
