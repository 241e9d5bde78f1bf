@NullMarked
package io.k8saws.dns.source;

import org.jspecify.annotations.NullMarked;
