/** Rolls of pools against the emulator and a real API server whose nodes are played. */
@NullMarked
package io.k8saws.internal.roll;

import org.jspecify.annotations.NullMarked;
