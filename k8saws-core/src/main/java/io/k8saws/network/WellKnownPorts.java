package io.k8saws.network;

import io.k8saws.cluster.PortRange;

/**
 * The ports of a cluster's own components, the same everywhere in the library.
 *
 * <p>The main etcd cluster has its usual ports. The events cluster runs on the same machines and has 2383 and 2384: 2381 is where
 * kubeadm puts the main cluster's metrics and health on the loopback address, and 2382 is the same for the events cluster.
 */
public final class WellKnownPorts {

    /** The Kubernetes API, on the load balancer and on the machines. */
    public static final int API = 6443;

    /** The kubelet's API. */
    public static final int KUBELET = 10250;

    /** Clients of the main etcd cluster. */
    public static final int ETCD_CLIENT = 2379;

    /** Members of the main etcd cluster among themselves. */
    public static final int ETCD_PEER = 2380;

    /** Metrics and health of the main etcd cluster, on the loopback address only. */
    public static final int ETCD_METRICS = 2381;

    /** Metrics and health of the events cluster, on the loopback address only. */
    public static final int ETCD_EVENTS_METRICS = 2382;

    /** Clients of the etcd cluster for events. */
    public static final int ETCD_EVENTS_CLIENT = 2383;

    /** Members of the etcd cluster for events among themselves. */
    public static final int ETCD_EVENTS_PEER = 2384;

    /** Secure shell. */
    public static final int SSH = 22;

    /** The node ports over TCP, Kubernetes' default range. */
    public static final PortRange NODE_PORTS_TCP = PortRange.tcp(30000, 32767);

    /** The node ports over UDP, Kubernetes' default range. */
    public static final PortRange NODE_PORTS_UDP = PortRange.udp(30000, 32767);

    private WellKnownPorts() {}
}
