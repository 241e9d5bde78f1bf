/** Code that breaks the rules on purpose; it is compiled with the tests only. */
@NullMarked
package io.k8saws.samples.planted;

import org.jspecify.annotations.NullMarked;
