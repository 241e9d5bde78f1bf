/**
 * A live etcd, of any version from 3.4 to 3.6: its health, its keys, its snapshots, its members. Start reading at {@link io.k8saws.etcd.Etcd}.
 */
@NullMarked
package io.k8saws.etcd;

import org.jspecify.annotations.NullMarked;
