/**
 * When work is done that comes again and again, such as backups, and by which of several programs. Start reading at {@link io.k8saws.etcd.schedule.ScheduledRuns}.
 */
@NullMarked
package io.k8saws.etcd.schedule;

import org.jspecify.annotations.NullMarked;
