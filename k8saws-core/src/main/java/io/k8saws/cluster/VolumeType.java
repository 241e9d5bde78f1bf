package io.k8saws.cluster;

/** The EBS volume types that are offered, both backed by solid-state disks. */
public enum VolumeType {
    /** General purpose: 3,000 IOPS and 125 MiB/s are included at any size. */
    GP3,

    /** Provisioned IOPS with the highest durability. */
    IO2
}
