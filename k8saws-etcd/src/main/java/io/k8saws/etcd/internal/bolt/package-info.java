/**
 * Reads the pages of a bbolt file and trusts none of them: every number in a page is checked before it is used. Start at
 * {@link io.k8saws.etcd.internal.bolt.BoltFile}.
 */
@NullMarked
package io.k8saws.etcd.internal.bolt;

import org.jspecify.annotations.NullMarked;
