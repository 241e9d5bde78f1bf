/**
 * What long work is doing right now. Start at {@link io.k8saws.progress.ProgressListener}: one method that receives
 * {@link io.k8saws.progress.ProgressEvent}s; ready-made listeners print plain lines or JSON lines, the console module draws live ones.
 */
@NullMarked
package io.k8saws.progress;

import org.jspecify.annotations.NullMarked;
