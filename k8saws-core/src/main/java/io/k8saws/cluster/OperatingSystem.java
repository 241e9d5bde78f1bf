package io.k8saws.cluster;

/** What the nodes of a pool run. */
public enum OperatingSystem {
    /** Linux, for pods of Linux. */
    LINUX,

    /** Windows Server, for pods of Windows. The control plane and etcd always run Linux, and so does CoreDNS. */
    WINDOWS
}
