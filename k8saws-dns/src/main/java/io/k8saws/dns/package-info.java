/** Names in Route 53. A program that wants names begins at {@link io.k8saws.dns.Dns}; a cluster is kept in step by {@code controller.DnsController}. */
@NullMarked
package io.k8saws.dns;

import org.jspecify.annotations.NullMarked;
