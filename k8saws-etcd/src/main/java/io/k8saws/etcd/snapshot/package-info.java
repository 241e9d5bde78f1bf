/**
 * The file of an etcd snapshot, read without etcd: what is in it, whether it is whole, and how two of them differ. Start at
 * {@link io.k8saws.etcd.snapshot.SnapshotFile}. Nothing here writes to a snapshot or calls a server.
 */
@NullMarked
package io.k8saws.etcd.snapshot;

import org.jspecify.annotations.NullMarked;
