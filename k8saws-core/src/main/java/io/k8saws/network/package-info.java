/**
 * Addresses and traffic, computed from a specification: subnets per zone and role, the etcd members' addresses, what a CNI needs, how
 * many pods an instance type carries, and the security rules. Pure functions without any I/O. Start with {@code NetworkPlan} and
 * {@code SecurityRules}. The address type itself is {@link io.k8saws.cluster.Cidr}, as users write it.
 */
@NullMarked
package io.k8saws.network;

import org.jspecify.annotations.NullMarked;
