/** Texts for people. Start reading at {@link io.k8saws.etcd.internal.text.Table}. */
@NullMarked
package io.k8saws.etcd.internal.text;

import org.jspecify.annotations.NullMarked;
