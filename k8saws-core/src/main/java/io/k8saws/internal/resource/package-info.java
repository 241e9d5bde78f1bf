/**
 * One class for each kind of AWS resource: how to read all of a cluster in one call, compare, create, update
 * and delete. Start at {@link io.k8saws.internal.resource.ResourceKind}; {@link io.k8saws.internal.resource.InternetGateways} is a small example.
 */
@NullMarked
package io.k8saws.internal.resource;

import org.jspecify.annotations.NullMarked;
