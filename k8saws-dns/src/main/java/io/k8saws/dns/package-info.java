/** Route 53 in step with a cluster. */
@NullMarked
package io.k8saws.dns;

import org.jspecify.annotations.NullMarked;
