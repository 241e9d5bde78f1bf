/**
 * Backups of etcd: a snapshot is streamed, stored, proved and found again. Start reading at {@link io.k8saws.etcd.backup.Backups}; bytes come from a {@link
 * io.k8saws.etcd.backup.SnapshotSource}.
 */
@NullMarked
package io.k8saws.etcd.backup;

import org.jspecify.annotations.NullMarked;
