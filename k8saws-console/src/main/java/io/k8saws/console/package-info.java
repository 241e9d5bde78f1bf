/**
 * Progress and plans for a terminal: updating lines where there is one, plain lines where there is none. Start at
 * {@link io.k8saws.console.ConsoleProgress} and hand it to whatever takes a {@link io.k8saws.progress.ProgressListener};
 * {@link io.k8saws.console.ConsolePlan} prints a plan in colours.
 */
@NullMarked
package io.k8saws.console;

import org.jspecify.annotations.NullMarked;
