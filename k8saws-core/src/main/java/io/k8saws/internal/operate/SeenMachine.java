package io.k8saws.internal.operate;

import io.k8saws.bootstrap.NodeStatus;
import java.util.Optional;

/**
 * A machine that a group has, with what it said of itself.
 *
 * @param part its group, as in {@link NodeStatus#part()}
 * @param instance the instance's id
 * @param status what it said last; empty when it has said nothing yet
 */
record SeenMachine(String part, String instance, Optional<NodeStatus> status) {}
