/**
 * The exceptions of the library, all unchecked and all below one root. Start with {@code K8sAwsException}.
 */
@NullMarked
package io.k8saws.error;

import org.jspecify.annotations.NullMarked;
