/**
 * Restores of etcd: from a snapshot to new data directories, without etcd. Start at {@link io.k8saws.etcd.restore.SnapshotRestore}, which writes one directory.
 */
@NullMarked
package io.k8saws.etcd.restore;

import org.jspecify.annotations.NullMarked;
