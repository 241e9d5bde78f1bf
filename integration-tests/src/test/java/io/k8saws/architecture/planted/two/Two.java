package io.k8saws.architecture.planted.two;

import io.k8saws.architecture.planted.one.One;

/** One half of a cycle of packages. */
public record Two(One other) {}
