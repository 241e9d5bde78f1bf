/**
 * Resources as values: what is wanted, what was observed, and how they refer to each other. Start at
 * {@link io.k8saws.internal.graph.ResourceGraph}; nothing in here calls AWS.
 */
@NullMarked
package io.k8saws.internal.graph;

import org.jspecify.annotations.NullMarked;
