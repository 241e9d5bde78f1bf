/**
 * Counts of what only the DNS engine sees.
 */
@NullMarked
package io.k8saws.dns.internal.engine;

import org.jspecify.annotations.NullMarked;
