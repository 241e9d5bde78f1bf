/** Names, records, and what sources want of them: values. */
@NullMarked
package io.k8saws.dns.record;

import org.jspecify.annotations.NullMarked;
