/** Route 53 as this module calls it: the SDK's shapes end here. */
@NullMarked
package io.k8saws.dns.internal.route53;

import org.jspecify.annotations.NullMarked;
