/**
 * Where backups lie: objects that are written once and never over. Start reading at {@link io.k8saws.etcd.store.BackupStore}: a bucket of S3 and a local directory keep the
 * same contract.
 */
@NullMarked
package io.k8saws.etcd.store;

import org.jspecify.annotations.NullMarked;
