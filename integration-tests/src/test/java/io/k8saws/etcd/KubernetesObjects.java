package io.k8saws.etcd;

import io.k8saws.etcd.registry.ResourceKey;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Objects whose keys in etcd are the odd ones. */
final class KubernetesObjects {
    private static final String YAML = """
            apiVersion: v1
            kind: Namespace
            metadata:
              name: shop
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: settings
              namespace: shop
              labels:
                app: front
            data:
              color: blue
            ---
            apiVersion: v1
            kind: Node
            metadata:
              name: node-1
            ---
            apiVersion: v1
            kind: Service
            metadata:
              name: front
              namespace: shop
            spec:
              clusterIP: None
              ports:
                - port: 80
            ---
            apiVersion: v1
            kind: ReplicationController
            metadata:
              name: old
              namespace: shop
            spec:
              replicas: 0
              selector:
                app: old
              template:
                metadata:
                  labels:
                    app: old
                spec:
                  containers:
                    - name: c
                      image: i
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: front
              namespace: shop
            spec:
              replicas: 0
              selector:
                matchLabels:
                  app: front
              template:
                metadata:
                  labels:
                    app: front
                spec:
                  containers:
                    - name: c
                      image: i
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: front
              namespace: shop
            spec:
              defaultBackend:
                service:
                  name: front
                  port:
                    number: 80
            """;

    private KubernetesObjects() {}

    static InputStream stream() {
        return new ByteArrayInputStream(YAML.getBytes(StandardCharsets.UTF_8));
    }

    /** Keys below /registry whose values are no objects with a name. */
    static boolean isNoObject(ResourceKey key) {
        return Set.of("masterleases", "ranges").contains(key.resource());
    }
}
