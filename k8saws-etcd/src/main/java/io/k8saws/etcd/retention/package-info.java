/**
 * Which backups stay: pure functions from what there is to a plan with a reason for each. Start reading at {@link io.k8saws.etcd.retention.RetentionPolicy}.
 */
@NullMarked
package io.k8saws.etcd.retention;

import org.jspecify.annotations.NullMarked;
