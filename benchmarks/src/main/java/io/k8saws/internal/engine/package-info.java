/**
 * Measurements of computations that only the engine sees.
 */
@NullMarked
package io.k8saws.internal.engine;

import org.jspecify.annotations.NullMarked;
