package io.k8saws.cluster;

/** How people get a shell on a machine. */
public enum AccessMethod {
    /** Not at all: no port is open and no agent is permitted. */
    NONE,

    /** AWS Systems Manager Session Manager: no port is open, IAM decides who may enter. */
    SSM,

    /** SSH through a bastion host. */
    BASTION
}
