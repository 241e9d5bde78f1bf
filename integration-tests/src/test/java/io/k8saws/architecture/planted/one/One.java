package io.k8saws.architecture.planted.one;

import io.k8saws.architecture.planted.two.Two;

/** One half of a cycle of packages. */
public record One(Two other) {}
