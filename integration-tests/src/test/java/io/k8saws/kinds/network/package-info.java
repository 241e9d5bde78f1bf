/** The network kinds, one by one, against a real AWS API. Start at {@link io.k8saws.kinds.network.NetworkKindsIT}. */
@NullMarked
package io.k8saws.kinds.network;

import org.jspecify.annotations.NullMarked;
