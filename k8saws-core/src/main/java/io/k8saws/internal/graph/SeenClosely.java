package io.k8saws.internal.graph;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a component of {@link Attributes} that AWS tells in a call for one resource only, and which therefore only a close look fills: what somebody altered by
 * hand. It is always empty in what is wanted, and in any other look.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface SeenClosely {}
