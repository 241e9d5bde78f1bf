/** Add-ons against a real API server. */
@NullMarked
package io.k8saws.addon;

import org.jspecify.annotations.NullMarked;
