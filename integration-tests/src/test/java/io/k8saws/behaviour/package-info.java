/**
 * How the library behaves as a whole, against a real emulator and in a world that fails: plans, applies, drifts, conflicts and destroys. Start with
 * {@code TwelveSpecsIT}; {@code Program} is one program that uses the library.
 */
@NullMarked
package io.k8saws.behaviour;

import org.jspecify.annotations.NullMarked;
