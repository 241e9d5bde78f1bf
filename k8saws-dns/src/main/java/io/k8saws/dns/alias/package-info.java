/** What alias records need to know of AWS's resources. Start at {@link io.k8saws.dns.alias.AliasTargets}. */
@NullMarked
package io.k8saws.dns.alias;

import org.jspecify.annotations.NullMarked;
