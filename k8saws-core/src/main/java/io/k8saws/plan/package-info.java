/**
 * What will change, what did change, and the guards between the two. Start at {@link io.k8saws.plan.Plan}: an immutable value that is
 * printed, compared, saved, guarded and only then applied; {@link io.k8saws.plan.ApplyReport} is what came of it.
 */
@NullMarked
package io.k8saws.plan;

import org.jspecify.annotations.NullMarked;
