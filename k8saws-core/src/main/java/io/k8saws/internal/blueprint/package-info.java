/**
 * From a cluster specification to the AWS resources that make it: a pure function, one class a subject. Start at
 * {@link io.k8saws.internal.blueprint.Blueprint}.
 */
@NullMarked
package io.k8saws.internal.blueprint;

import org.jspecify.annotations.NullMarked;
