/**
 * What becomes of bytes before they leave: compressed, and encrypted with a key that never leaves together with them. Start reading at {@link io.k8saws.etcd.envelope.Packing}.
 */
@NullMarked
package io.k8saws.etcd.envelope;

import org.jspecify.annotations.NullMarked;
