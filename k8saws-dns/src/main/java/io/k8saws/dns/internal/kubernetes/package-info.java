/** Objects of a cluster as they change, and what they want of each name. */
@NullMarked
package io.k8saws.dns.internal.kubernetes;

import org.jspecify.annotations.NullMarked;
