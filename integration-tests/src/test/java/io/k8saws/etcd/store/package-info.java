/** Stores of backups against the real things. */
@NullMarked
package io.k8saws.etcd.store;

import org.jspecify.annotations.NullMarked;
