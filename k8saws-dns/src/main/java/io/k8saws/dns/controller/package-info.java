/** Keeps Route 53 in step with a cluster, for as long as it runs. Start at {@link io.k8saws.dns.controller.DnsController}. */
@NullMarked
package io.k8saws.dns.controller;

import org.jspecify.annotations.NullMarked;
