package io.k8saws.internal.roll;

import java.util.Optional;

/**
 * A machine as it is now.
 *
 * @param instance its id
 * @param runs the template's version that it came from; empty when there is none
 * @param type its instance type
 * @param leaving whether it ends
 * @param up whether it does all of its work: a member of etcd has gone all the way, a node is Ready, and one of the control plane is a healthy target of the load balancer
 * @param draining whether a roll has begun with it
 * @param state where it stands, in a few words
 * @param failed whether its script says that it failed
 */
record MachineView(
        String instance,
        Optional<String> runs,
        String type,
        boolean leaving,
        boolean up,
        boolean draining,
        String state,
        boolean failed) {}
