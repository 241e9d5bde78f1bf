@NullMarked
package io.k8saws.dns.cluster;

import org.jspecify.annotations.NullMarked;
