/** Snapshots of real etcd servers, beside what etcd's own tools say of them. Start at {@link io.k8saws.etcd.SnapshotIT}. */
@NullMarked
package io.k8saws.etcd;

import org.jspecify.annotations.NullMarked;
