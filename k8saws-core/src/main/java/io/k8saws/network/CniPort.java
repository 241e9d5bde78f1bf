package io.k8saws.network;

import io.k8saws.cluster.PortRange;

/**
 * What a CNI needs open between all nodes, the control plane's included. Immutable.
 *
 * @param ports protocol and ports
 * @param reason what for, in characters that EC2 takes in a description
 */
public record CniPort(PortRange ports, String reason) {}
