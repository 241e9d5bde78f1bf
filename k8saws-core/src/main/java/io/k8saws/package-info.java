/**
 * Kubernetes clusters on AWS. Start at {@link io.k8saws.K8sAws}: it plans and applies what a {@link io.k8saws.cluster.ClusterSpec} asks for;
 * {@link io.k8saws.Cluster} is a cluster that exists.
 */
@NullMarked
package io.k8saws;

import org.jspecify.annotations.NullMarked;
