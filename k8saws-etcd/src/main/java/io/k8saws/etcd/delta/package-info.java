/**
 * What was written between two snapshots, as files: segments of whole transactions in the order of their revisions. Start at {@link io.k8saws.etcd.delta.DeltaSegment}, which reads one, and
 * {@link io.k8saws.etcd.delta.DeltaWriter}, which makes one.
 */
@NullMarked
package io.k8saws.etcd.delta;

import org.jspecify.annotations.NullMarked;
