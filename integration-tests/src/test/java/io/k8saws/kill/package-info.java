/**
 * Kills applies at every call to AWS and looks whether the next one makes good what was left. Start reading at {@link io.k8saws.kill.KillApplyIT}.
 */
@NullMarked
package io.k8saws.kill;

import org.jspecify.annotations.NullMarked;
