/** Tells listeners how far work is that takes long. Start at {@link io.k8saws.etcd.internal.stage.Stages}. */
@NullMarked
package io.k8saws.etcd.internal.stage;

import org.jspecify.annotations.NullMarked;
