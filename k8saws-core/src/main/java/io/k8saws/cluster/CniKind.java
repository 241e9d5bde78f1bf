package io.k8saws.cluster;

/** Which network add-on gives pods their addresses. */
public enum CniKind {
    /** Cilium: eBPF data path, network policies, kube-proxy not needed. */
    CILIUM,

    /** Calico: BGP, IPIP or VXLAN, rich network policies. */
    CALICO,

    /** Flannel: a small VXLAN overlay without network policies. */
    FLANNEL,

    /** kube-router: BGP between nodes, IPIP across subnets, network policies. */
    KUBE_ROUTER,

    /** The AWS VPC CNI: pods get addresses of the VPC's subnets. */
    AWS_VPC,

    /** Bring your own: the specification names the ports that it needs, somebody else installs it. */
    CUSTOM
}
