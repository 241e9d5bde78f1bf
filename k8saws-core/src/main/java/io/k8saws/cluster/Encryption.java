package io.k8saws.cluster;

/** Whether the CNI encrypts pod traffic between nodes. */
public enum Encryption {
    /** No. */
    NONE,

    /** With WireGuard over UDP. */
    WIREGUARD,

    /** With IPsec: ESP, IP protocol 50. */
    IPSEC
}
