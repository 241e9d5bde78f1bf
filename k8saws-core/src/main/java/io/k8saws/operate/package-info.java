/**
 * Whether a cluster that was applied has become one: which machines are nodes, and what runs on them. Start at {@link io.k8saws.operate.ClusterReadiness}.
 */
@NullMarked
package io.k8saws.operate;

import org.jspecify.annotations.NullMarked;
