/** What objects of a cluster ask of DNS: pure. */
@NullMarked
package io.k8saws.dns.source;

import org.jspecify.annotations.NullMarked;
