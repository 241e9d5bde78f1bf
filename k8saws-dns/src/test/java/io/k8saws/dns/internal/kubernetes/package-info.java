@NullMarked
package io.k8saws.dns.internal.kubernetes;

import org.jspecify.annotations.NullMarked;
