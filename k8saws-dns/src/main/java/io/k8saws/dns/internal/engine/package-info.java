/** Brings changed names into a zone: mirror, batches, one lane for each zone, isolation of what Route 53 refuses. Start with {@code ChangeEngine}. */
@NullMarked
package io.k8saws.dns.internal.engine;

import org.jspecify.annotations.NullMarked;
