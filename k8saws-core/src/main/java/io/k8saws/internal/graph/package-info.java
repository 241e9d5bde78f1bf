/**
 * Wanted resources and what each needs from the others, as a graph. Not for users.
 */
@NullMarked
package io.k8saws.internal.graph;

import org.jspecify.annotations.NullMarked;
