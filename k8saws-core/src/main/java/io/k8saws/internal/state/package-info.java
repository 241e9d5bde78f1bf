/**
 * The state of a cluster in its bucket: conditional writes, the lock and its renewal. Start at {@link io.k8saws.internal.state.StateStore}; the values are in
 * {@link io.k8saws.state}.
 */
@NullMarked
package io.k8saws.internal.state;

import org.jspecify.annotations.NullMarked;
