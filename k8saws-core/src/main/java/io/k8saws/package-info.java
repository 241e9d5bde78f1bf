/**
 * Kubernetes clusters on AWS: the entry point and the live cluster. Start with {@code K8sAws}.
 */
@NullMarked
package io.k8saws;

import org.jspecify.annotations.NullMarked;
