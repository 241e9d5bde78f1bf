/**
 * Progress and plans for a terminal: updating lines where there is one, plain lines where there is none.
 */
@NullMarked
package io.k8saws.console;

import org.jspecify.annotations.NullMarked;
