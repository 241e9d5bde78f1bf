/** Name servers that are asked. */
@NullMarked
package io.k8saws.dns.resolve;

import org.jspecify.annotations.NullMarked;
