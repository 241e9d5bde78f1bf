/**
 * The replacement of machines that are out of date. What may be done next is decided by pure code over what was just seen, {@link io.k8saws.internal.roll.Decision}, so nothing
 * has to be remembered and a run that was cut off is gone on with by looking again. Start at {@link io.k8saws.internal.roll.Roller}.
 */
@NullMarked
package io.k8saws.internal.roll;

import org.jspecify.annotations.NullMarked;
