/** What has to change in zones so that names are as their sources want them: pure functions over values. Start at {@link io.k8saws.dns.plan.DnsPlan}. */
@NullMarked
package io.k8saws.dns.plan;

import org.jspecify.annotations.NullMarked;
