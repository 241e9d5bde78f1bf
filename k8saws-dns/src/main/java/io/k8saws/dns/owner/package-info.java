/** Marks that tell who looks after a record, as external-dns writes them: values and pure functions. Start at {@link io.k8saws.dns.owner.OwnerNames}. */
@NullMarked
package io.k8saws.dns.owner;

import org.jspecify.annotations.NullMarked;
