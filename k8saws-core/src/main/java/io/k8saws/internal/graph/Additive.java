package io.k8saws.internal.graph;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a map in {@link Attributes} to which others may add keys, as they do with tags: a key that is neither wanted nor was set by the last apply is left
 * alone.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Additive {}
