/** Hosted zones, and which of them a name belongs into: values and pure functions. Start at {@link io.k8saws.dns.zone.ZoneChoice}. */
@NullMarked
package io.k8saws.dns.zone;

import org.jspecify.annotations.NullMarked;
