package io.k8saws.cluster;

import java.util.Locale;

/** A program, or a set of programs, that a machine fetches when it boots, unless its image has it. */
public enum NodeAsset {
    /** The node's agent. Of the cluster's Kubernetes version. */
    KUBELET,

    /** Makes a machine a node. Of the cluster's Kubernetes version. */
    KUBEADM,

    /** The command line; machines use it to leave in good order. Of the cluster's Kubernetes version. */
    KUBECTL,

    /** The container runtime. */
    CONTAINERD,

    /** What starts containers for containerd. */
    RUNC,

    /** The reference plug-ins of the container network interface. */
    CNI_PLUGINS,

    /** etcd with its command line. */
    ETCD,

    /** Lets the kubelet pull from ECR. */
    ECR_CREDENTIAL_PROVIDER,

    /** Asks AWS KMS for the API server, when Secrets are encrypted with it. */
    AWS_ENCRYPTION_PROVIDER,

    /** kube-proxy as a program, which Windows nodes run; on Linux it is a pod. Of the cluster's Kubernetes version. */
    KUBE_PROXY,

    /** Flannel's agent as a program, which Windows nodes run; on Linux it is a pod. Of the add-on's version. */
    FLANNEL;

    /**
     * Returns the name as it is written in specs, such as {@code cni-plugins}.
     *
     * @return lower case with dashes
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Tells whether this is a part of Kubernetes itself, so that its version is the cluster's.
     *
     * @return true for the kubelet, kubeadm, kubectl and kube-proxy
     */
    public boolean isKubernetes() {
        return this == KUBELET || this == KUBEADM || this == KUBECTL || this == KUBE_PROXY;
    }
}
