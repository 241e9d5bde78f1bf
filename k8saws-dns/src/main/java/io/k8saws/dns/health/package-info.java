/** Health checks that records want. Start at {@link io.k8saws.dns.health.HealthCheck}. */
@NullMarked
package io.k8saws.dns.health;

import org.jspecify.annotations.NullMarked;
