package io.k8saws.cluster;

/** How pod packets travel between nodes. */
public enum Encapsulation {
    /** In VXLAN packets over UDP. */
    VXLAN,

    /** In Geneve packets over UDP 6081. */
    GENEVE,

    /** In IP protocol 4 packets. */
    IPIP,

    /** As they are: nodes route pod addresses, which takes the source/destination check off. */
    NATIVE
}
