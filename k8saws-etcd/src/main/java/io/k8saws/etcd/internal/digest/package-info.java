/** SHA-256, in one place. */
@NullMarked
package io.k8saws.etcd.internal.digest;

import org.jspecify.annotations.NullMarked;
