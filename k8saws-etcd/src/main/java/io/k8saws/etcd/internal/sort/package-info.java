/** Sorts more records than memory holds: {@link io.k8saws.etcd.internal.sort.RecordSort}. */
@NullMarked
package io.k8saws.etcd.internal.sort;

import org.jspecify.annotations.NullMarked;
