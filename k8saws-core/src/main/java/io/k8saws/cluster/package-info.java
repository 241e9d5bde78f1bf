/**
 * What a user writes down about a cluster, as immutable values without any I/O. Start with {@code ClusterSpec}.
 */
@NullMarked
package io.k8saws.cluster;

import org.jspecify.annotations.NullMarked;
