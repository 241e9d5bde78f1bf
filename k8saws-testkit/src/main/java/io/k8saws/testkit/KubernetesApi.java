package io.k8saws.testkit;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A reachable Kubernetes API with administrator's rights.
 *
 * <p>Get one from {@link Testbed#kubernetes(boolean, int)}, or as a parameter of a test with {@link ApiServer}. It is a real kube-apiserver on a
 * real etcd of its own; there is no kubelet, so pods run only on nodes that kwok plays.
 *
 * <p>Thread-safe.
 */
public final class KubernetesApi implements AutoCloseable {
    private final String kubeconfig;
    private final Config config;
    private final @Nullable EtcdCluster etcd;
    private final KubernetesClient client;
    private final Runnable onClose;

    KubernetesApi(String kubeconfig, @Nullable EtcdCluster etcd, Runnable onClose) {
        this.kubeconfig = kubeconfig;
        this.config = Config.fromKubeconfig(kubeconfig);
        this.etcd = etcd;
        this.client = new KubernetesClientBuilder().withConfig(config).build();
        this.onClose = () -> {
            client.close();
            onClose.run();
        };
    }

    private KubernetesApi(KubernetesApi original) {
        this.kubeconfig = original.kubeconfig;
        this.config = original.config;
        this.etcd = original.etcd;
        this.client = original.client;
        this.onClose = () -> {};
    }

    /**
     * A kubeconfig with one context, complete in itself: no file is referred to. It holds a secret token.
     *
     * @return YAML
     */
    public String kubeconfig() {
        return kubeconfig;
    }

    /**
     * Where the API server answers.
     *
     * @return for example {@code https://127.0.0.1:20001/}
     */
    public URI uri() {
        return URI.create(config.getMasterUrl());
    }

    /**
     * A client with administrator's rights, the same at each call. It is closed with this value; do not close it.
     *
     * @return an open client
     */
    public KubernetesClient client() {
        return client;
    }

    /**
     * The etcd cluster below the API server, of one member without TLS.
     *
     * @return the cluster; empty when the API server was not started by the testbed's own programs
     */
    public Optional<EtcdCluster> etcd() {
        return Optional.ofNullable(etcd);
    }

    /** Ends the API server and all that was started with it, if it was started for this value alone; does nothing otherwise. */
    @Override
    public void close() {
        onClose.run();
    }

    /** The address; never the token. */
    @Override
    public String toString() {
        return "KubernetesApi[" + uri() + "]";
    }

    /** The same API for somebody who must not end it. */
    KubernetesApi shared() {
        return new KubernetesApi(this);
    }
}
