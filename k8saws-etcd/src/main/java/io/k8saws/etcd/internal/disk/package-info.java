/** Files that hold secrets. Start reading at {@link io.k8saws.etcd.internal.disk.OwnerOnly}. */
@NullMarked
package io.k8saws.etcd.internal.disk;

import org.jspecify.annotations.NullMarked;
