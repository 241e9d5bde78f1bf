/**
 * How a cluster that was applied is looked at and entered: what its machines say of themselves in its bucket, and its API with credentials of one's own making. Start at
 * {@link io.k8saws.internal.operate.Operator}.
 */
@NullMarked
package io.k8saws.internal.operate;

import org.jspecify.annotations.NullMarked;
