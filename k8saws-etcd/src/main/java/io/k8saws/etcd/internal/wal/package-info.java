/** Writes the log and the raft snapshot that a member of etcd starts from: {@link io.k8saws.etcd.internal.wal.Wal}. */
@NullMarked
package io.k8saws.etcd.internal.wal;

import org.jspecify.annotations.NullMarked;
