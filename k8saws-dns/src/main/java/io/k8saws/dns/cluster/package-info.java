/** The names of a cluster itself, and the configuration of the DNS inside of it: values and pure functions. */
@NullMarked
package io.k8saws.dns.cluster;

import org.jspecify.annotations.NullMarked;
