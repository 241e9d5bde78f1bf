/**
 * The seam to the places where programs lie, which are neither AWS nor Kubernetes. Start at {@link io.k8saws.internal.mirror.MirrorSums}.
 */
@NullMarked
package io.k8saws.internal.mirror;

import org.jspecify.annotations.NullMarked;
