/**
 * What there is in an AWS account, as text that two runs can compare.
 *
 * <p>Start at {@link io.k8saws.testkit.inventory.AwsInventory}.
 */
@NullMarked
package io.k8saws.testkit.inventory;

import org.jspecify.annotations.NullMarked;
