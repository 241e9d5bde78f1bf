/**
 * What a user writes down about a cluster, as immutable values without any I/O: the specification with its parts, the small values
 * they are made of ({@code Cidr}, {@code PortRange}, {@code Taint}), the rules they must keep, and their YAML form. Start with {@code
 * ClusterSpec}. What follows from a specification is computed in {@code io.k8saws.network}, which depends on this package and never
 * the other way round.
 */
@NullMarked
package io.k8saws.cluster;

import org.jspecify.annotations.NullMarked;
