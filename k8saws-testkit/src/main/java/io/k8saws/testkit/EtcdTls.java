package io.k8saws.testkit;

import java.nio.file.Path;

/**
 * The PEM files with which a client reaches an etcd cluster that speaks TLS.
 *
 * <p>Immutable. The files live as long as the cluster.
 *
 * @param authority the certificate of the authority that has signed the servers
 * @param certificate the client's certificate
 * @param key the client's private key, PKCS#8
 */
public record EtcdTls(Path authority, Path certificate, Path key) {}
