/** Reads the wire form of protocol buffers: {@link io.k8saws.etcd.internal.proto.ProtoReader}. */
@NullMarked
package io.k8saws.etcd.internal.proto;

import org.jspecify.annotations.NullMarked;
