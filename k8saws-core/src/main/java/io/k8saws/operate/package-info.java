/**
 * What is done with a cluster that was applied: whether it works, in {@link io.k8saws.operate.ClusterReadiness}, and the replacement of machines that are out of date, which
 * starts at {@link io.k8saws.operate.RollPlan}.
 */
@NullMarked
package io.k8saws.operate;

import org.jspecify.annotations.NullMarked;
