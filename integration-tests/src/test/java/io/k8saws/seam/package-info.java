/** The seam to AWS on the wire, and the threads of the library. Start at {@link io.k8saws.seam.SeamIT}. */
@NullMarked
package io.k8saws.seam;

import org.jspecify.annotations.NullMarked;
