package io.k8saws.etcd.internal.seam;

import io.k8saws.error.EtcdCallException;
import java.util.Optional;

/**
 * What came of a call that was sent once.
 *
 * @param answer the answer; empty when there was none
 * @param failure why there was none
 * @param <T> the answer
 */
public record Outcome<T>(Optional<T> answer, Optional<EtcdCallException> failure) {}
