/**
 * One class for each kind of AWS resource: how to read all of a cluster in one call, compare, create, update
 * and delete. Not for users.
 */
@NullMarked
package io.k8saws.internal.resource;

import org.jspecify.annotations.NullMarked;
