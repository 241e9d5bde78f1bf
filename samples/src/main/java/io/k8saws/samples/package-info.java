/**
 * One small program for each story.
 */
@NullMarked
package io.k8saws.samples;

import org.jspecify.annotations.NullMarked;
