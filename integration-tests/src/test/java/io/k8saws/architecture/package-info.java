/**
 * Rules about how the code of all modules hangs together. Start with {@code ArchitectureTest}; the rules themselves are
 * in {@code Rules}, and {@code planted} holds an offender for each, which proves that the rule can fail.
 */
@NullMarked
package io.k8saws.architecture;

import org.jspecify.annotations.NullMarked;
