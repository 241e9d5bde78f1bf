/**
 * Looks at the world, compares it with what is wanted, orders the changes and carries them out. Start at {@link io.k8saws.internal.engine.Engine}; {@code Planner} is the
 * pure comparison, {@code Application} one apply from lock to proof, {@code Execution} the steps.
 */
@NullMarked
package io.k8saws.internal.engine;

import org.jspecify.annotations.NullMarked;
