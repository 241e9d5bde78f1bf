@NullMarked
package io.k8saws.dns.internal.route53;

import org.jspecify.annotations.NullMarked;
