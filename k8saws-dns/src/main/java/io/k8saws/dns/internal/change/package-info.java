/** Carries plans out, a batch after the other, so that one bad record hinders no other. Start at {@link io.k8saws.dns.internal.change.ZoneChanges}. */
@NullMarked
package io.k8saws.dns.internal.change;

import org.jspecify.annotations.NullMarked;
