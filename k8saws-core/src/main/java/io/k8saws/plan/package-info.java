/**
 * What is going to change, why and at what risk, and what became of it. Start with {@code Plan}.
 */
@NullMarked
package io.k8saws.plan;

import org.jspecify.annotations.NullMarked;
