/** The state of a cluster in a real bucket: two writers, lost answers, ended processes. Start at {@link io.k8saws.state.StateStoreIT}. */
@NullMarked
package io.k8saws.state;

import org.jspecify.annotations.NullMarked;
