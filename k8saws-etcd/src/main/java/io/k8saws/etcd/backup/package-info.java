/**
 * Backups of etcd: a snapshot is streamed, stored, proved and found again. Start reading at {@link io.k8saws.etcd.backup.SnapshotSource}, which is where the bytes come
 * from.
 */
@NullMarked
package io.k8saws.etcd.backup;

import org.jspecify.annotations.NullMarked;
