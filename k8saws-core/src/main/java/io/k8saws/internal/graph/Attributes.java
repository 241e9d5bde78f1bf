package io.k8saws.internal.graph;

/**
 * The fields of one resource, as a record. The same record type holds what is wanted and what was observed, so that a difference is a comparison of
 * components. A component may be a scalar, a {@link Ref}, an {@code Optional}, a {@code List} (order counts), a {@code Set} (order does not), a
 * {@code Map} (each key is a field of its own) or a nested record.
 */
public interface Attributes {}
