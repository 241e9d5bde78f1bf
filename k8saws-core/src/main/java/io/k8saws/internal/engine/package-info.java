/**
 * Compares wanted with observed resources, orders the changes and executes them. Not for users.
 */
@NullMarked
package io.k8saws.internal.engine;

import org.jspecify.annotations.NullMarked;
