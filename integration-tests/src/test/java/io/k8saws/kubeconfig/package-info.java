/** Kubeconfigs against programs that others wrote: kubeadm's files, and kubeadm and fabric8 as readers. Start at {@link io.k8saws.kubeconfig.KubeconfigIT}. */
@NullMarked
package io.k8saws.kubeconfig;

import org.jspecify.annotations.NullMarked;
