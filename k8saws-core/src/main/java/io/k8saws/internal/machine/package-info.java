/**
 * What follows from the name of an EC2 instance type. Start at {@link io.k8saws.internal.machine.Architecture}.
 */
@NullMarked
package io.k8saws.internal.machine;

import org.jspecify.annotations.NullMarked;
