/** Whether names are answered as they were planned: name servers are asked. */
@NullMarked
package io.k8saws.dns.resolve;

import org.jspecify.annotations.NullMarked;
