/** Names in both emulators of Route 53. Start at {@link io.k8saws.dns.DnsIT}. */
@NullMarked
package io.k8saws.dns;

import org.jspecify.annotations.NullMarked;
