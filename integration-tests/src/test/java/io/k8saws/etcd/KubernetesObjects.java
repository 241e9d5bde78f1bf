package io.k8saws.etcd;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.k8saws.etcd.registry.ResourceKey;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
            ---
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata:
              name: crontabs.stable.example.com
            spec:
              group: stable.example.com
              scope: Namespaced
              names:
                plural: crontabs
                singular: crontab
                kind: CronTab
              versions:
                - name: v1
                  served: true
                  storage: true
                  schema:
                    openAPIV3Schema:
                      type: object
                      x-kubernetes-preserve-unknown-fields: true
            """;

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private KubernetesObjects() {}

    static void create(KubernetesClient client) {
        client.load(new ByteArrayInputStream(YAML.getBytes(StandardCharsets.UTF_8)))
                .create();
        GenericKubernetesResource nightly = new GenericKubernetesResource();
        nightly.setApiVersion("stable.example.com/v1");
        nightly.setKind("CronTab");
        nightly.setMetadata(new ObjectMetaBuilder()
                .withName("nightly")
                .withNamespace("shop")
                .addToLabels("app", "front")
                .build());
        ResourceDefinitionContext crontabs = new ResourceDefinitionContext.Builder()
                .withGroup("stable.example.com")
                .withVersion("v1")
                .withKind("CronTab")
                .withPlural("crontabs")
                .withNamespaced(true)
                .build();
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                client.genericKubernetesResources(crontabs)
                        .inNamespace("shop")
                        .resource(nightly)
                        .create();
                return;
            } catch (KubernetesClientException e) {
                // the API server serves a new kind a moment after it has taken the definition
                if (e.getCode() != 404 || System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }

    /** Keys below /registry whose values are no objects with a name. */
    static boolean isNoObject(ResourceKey key) {
        return Set.of("masterleases", "peerserverleases", "ranges").contains(key.resource());
    }
}
