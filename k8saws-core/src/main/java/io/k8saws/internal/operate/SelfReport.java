package io.k8saws.internal.operate;

import io.k8saws.bootstrap.NodeStatus;
import java.util.Optional;

/**
 * What a machine said of itself.
 *
 * @param status its status; empty when it has written none, or none that can be read
 * @param unreadable the key of what lies in its status' place and is none
 */
record SelfReport(Optional<NodeStatus> status, Optional<String> unreadable) {
    static SelfReport nothing() {
        return new SelfReport(Optional.empty(), Optional.empty());
    }

    static SelfReport of(NodeStatus status) {
        return new SelfReport(Optional.of(status), Optional.empty());
    }

    static SelfReport unreadable(String key) {
        return new SelfReport(Optional.empty(), Optional.of(key));
    }
}
