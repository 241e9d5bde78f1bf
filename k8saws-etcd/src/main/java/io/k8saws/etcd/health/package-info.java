/**
 * How an etcd is, as values: its members, what each says of itself, and whether enough of them are well. Start reading at {@link io.k8saws.etcd.health.EtcdHealth}.
 */
@NullMarked
package io.k8saws.etcd.health;

import org.jspecify.annotations.NullMarked;
