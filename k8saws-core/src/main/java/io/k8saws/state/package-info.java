/**
 * What survives between two runs, as values: the {@link io.k8saws.state.ClusterState} of each apply and the {@link io.k8saws.state.Lock} that lets one writer
 * at a time work on a cluster. Both lie in the cluster's own bucket.
 */
@NullMarked
package io.k8saws.state;

import org.jspecify.annotations.NullMarked;
