/**
 * What long work tells while it runs. Start with {@code ProgressListener}.
 */
@NullMarked
package io.k8saws.progress;

import org.jspecify.annotations.NullMarked;
