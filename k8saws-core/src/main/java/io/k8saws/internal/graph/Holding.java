package io.k8saws.internal.graph;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a component of {@link Attributes} by which a resource keeps AWS from deleting those it points to. It can be changed in place as long as both the old and the
 * new target exist; when the old one has to go before the new one can be made, the resource has to be replaced, too.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Holding {}
