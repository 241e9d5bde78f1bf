/**
 * The cluster's public key infrastructure as values: which authorities, key pairs and certificates a cluster needs ({@code ClusterPki}), the authorities
 * that sign them ({@code CertificateAuthority}), what runs out and what to renew ({@code ExpiryReport}, {@code RenewalPlan}), and the exchange of an
 * authority or of the service-account key without a moment in which anybody distrusts anybody ({@code Rotation}). Names, usages and files are kubeadm's.
 * No I/O; a private key is printed by nothing. Start with {@code ClusterPki}.
 */
@NullMarked
package io.k8saws.pki;

import org.jspecify.annotations.NullMarked;
