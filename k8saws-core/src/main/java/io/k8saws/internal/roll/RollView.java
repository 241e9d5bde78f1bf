package io.k8saws.internal.roll;

import java.util.List;
import java.util.Optional;

/**
 * All that a decision is made from, as it was seen at once.
 *
 * @param api why the API could not be asked; empty when it answered
 * @param quorum why etcd does not answer the API; empty when it does
 * @param groups the groups: members of etcd, the control plane, pools
 */
record RollView(Optional<String> api, Optional<String> quorum, List<GroupView> groups) {
    RollView {
        groups = List.copyOf(groups);
    }

    List<GroupView> members() {
        return groups.stream().filter(GroupView::etcd).toList();
    }
}
