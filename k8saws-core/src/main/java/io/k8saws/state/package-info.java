/**
 * What must survive between two runs: objects in S3 under conditional writes, a lock with fencing, and the
 * history of a cluster. Start with {@code StateStore}.
 */
@NullMarked
package io.k8saws.state;

import org.jspecify.annotations.NullMarked;
