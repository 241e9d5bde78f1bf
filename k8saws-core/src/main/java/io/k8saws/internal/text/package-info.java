/**
 * Text that is shown to people and may come from anywhere: tags, AWS messages, names. Start at {@link io.k8saws.internal.text.OneLine}.
 */
@NullMarked
package io.k8saws.internal.text;

import org.jspecify.annotations.NullMarked;
