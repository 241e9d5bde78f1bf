package io.k8saws.dns.internal.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GRPCRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.TLSRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.source.ObjectKey;
import io.k8saws.dns.source.SourceKind;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.dns.source.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/** Watches the kinds that names come from and depend on. Safe to use from many threads. */
public final class ClusterWatch implements AutoCloseable {
    private static final ResourceDefinitionContext DNS_ENDPOINTS = new ResourceDefinitionContext.Builder()
            .withGroup("externaldns.k8s.io")
            .withVersion("v1alpha1")
            .withKind("DNSEndpoint")
            .withPlural("dnsendpoints")
            .withNamespaced(true)
            .build();

    private final KubernetesClient client;
    private final SourceSettings settings;
    private final ClusterObjects objects = new ClusterObjects();
    private final DesiredNames desired;
    private final BiConsumer<ObjectKey, Set<DnsName>> listener;
    private volatile List<SharedIndexInformer<?>> informers = List.of();
    private volatile List<String> missing = List.of();
    private boolean closed;

    /**
     * Prepares to watch.
     *
     * @param client reaches the cluster; it stays the caller's
     * @param settings which kinds
     * @param listener hears of each object that changed, with the names to look at
     */
    public ClusterWatch(
            KubernetesClient client, SourceSettings settings, BiConsumer<ObjectKey, Set<DnsName>> listener) {
        this.client = client;
        this.settings = settings;
        this.listener = listener;
        this.desired = new DesiredNames(objects, new Sources(settings));
    }

    /**
     * What the objects want.
     *
     * @return always the newest
     */
    public DesiredNames desired() {
        return desired;
    }

    /**
     * Starts to watch, in the place of what was watched before: what objects want is read anew. A watch that has begun goes on by itself, whatever interrupts it; one that cannot begin fails.
     *
     * @return completes when all objects are known; fails when a kind cannot be read
     */
    public synchronized CompletableFuture<Void> start() {
        if (closed) {
            return CompletableFuture.failedFuture(new CancellationException("The watch is closed."));
        }
        informers.forEach(SharedIndexInformer::stop);
        desired.reset();
        Begun begun = new Begun();
        begin(begun);
        missing = List.copyOf(begun.missing);
        informers = List.copyOf(begun.informers);
        return CompletableFuture.allOf(informers.stream()
                .map(informer -> informer.start().toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
    }

    private void begin(Begun begun) {
        Set<SourceKind> kinds = settings.kinds();
        boolean routes = kinds.contains(SourceKind.HTTP_ROUTE)
                || kinds.contains(SourceKind.GRPC_ROUTE)
                || kinds.contains(SourceKind.TLS_ROUTE);
        boolean services = kinds.contains(SourceKind.SERVICE);
        // first what others depend on
        if (routes) {
            watch(begun, "Namespace", client.namespaces(), Namespace.class);
        }
        if (services || kinds.contains(SourceKind.NODE) || kinds.contains(SourceKind.POD)) {
            watch(begun, "Node", client.nodes(), Node.class);
        }
        if (services || kinds.contains(SourceKind.POD)) {
            watch(begun, "Pod", scoped(client.pods()), Pod.class);
        }
        if (services) {
            watch(begun, "EndpointSlice", scoped(client.discovery().v1().endpointSlices()), EndpointSlice.class);
            watch(begun, "Service", scoped(client.services()), Service.class);
        }
        if (kinds.contains(SourceKind.INGRESS)) {
            watch(begun, "Ingress", scoped(client.network().v1().ingresses()), Ingress.class);
        }
        if (routes || kinds.contains(SourceKind.GATEWAY)) {
            watch(begun, "Gateway", client.resources(Gateway.class).inAnyNamespace(), Gateway.class);
        }
        if (kinds.contains(SourceKind.HTTP_ROUTE)) {
            watch(begun, "HTTPRoute", scoped(client.resources(HTTPRoute.class)), HTTPRoute.class);
        }
        if (kinds.contains(SourceKind.GRPC_ROUTE)) {
            watch(begun, "GRPCRoute", scoped(client.resources(GRPCRoute.class)), GRPCRoute.class);
        }
        if (kinds.contains(SourceKind.TLS_ROUTE)) {
            watch(begun, "TLSRoute", scoped(client.resources(TLSRoute.class)), TLSRoute.class);
        }
        if (kinds.contains(SourceKind.DNS_ENDPOINT)) {
            watch(
                    begun,
                    "DNSEndpoint",
                    scoped(client.genericKubernetesResources(DNS_ENDPOINTS)),
                    GenericKubernetesResource.class);
        }
    }

    /** What a start has made so far. */
    private static final class Begun {
        private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
        private final List<String> missing = new ArrayList<>();
    }

    private <T extends HasMetadata> Informable<T> scoped(
            io.fabric8.kubernetes.client.dsl.MixedOperation<T, ?, ?> operation) {
        Optional<String> namespace = settings.namespace();
        return namespace.isPresent() ? operation.inNamespace(namespace.get()) : operation.inAnyNamespace();
    }

    private <T extends HasMetadata> void watch(Begun begun, String kind, Informable<T> informable, Class<T> type) {
        if (!isServed(kind, type)) {
            begun.missing.add(kind);
            return;
        }
        SlimStore<T> store = new SlimStore<>();
        objects.add(kind, store);
        SharedIndexInformer<T> informer = informable.runnableInformer(0);
        informer.itemStore(store);
        informer.exceptionHandler((started, failure) -> started); // it goes on once it has begun
        informer.addEventHandler(new ResourceEventHandler<T>() {
            @Override
            public void onAdd(T object) {
                changed(kind, object);
            }

            @Override
            public void onUpdate(T before, T after) {
                changed(kind, after);
            }

            @Override
            public void onDelete(T object, boolean unknown) {
                changed(kind, object);
            }
        });
        begun.informers.add(informer);
    }

    private boolean isServed(String kind, Class<?> type) {
        return type == GenericKubernetesResource.class
                ? client.supports("externaldns.k8s.io/v1alpha1", kind)
                : !type.getPackageName().contains("gatewayapi") || client.supports(type.asSubclass(HasMetadata.class));
    }

    private void changed(String kind, HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        ObjectKey key = new ObjectKey(
                kind, namespace == null ? "" : namespace, object.getMetadata().getName());
        listener.accept(key, desired.changed(key));
    }

    /**
     * An object, as it was last seen.
     *
     * @param key which
     * @return without what names do not need
     */
    public Optional<HasMetadata> find(ObjectKey key) {
        return objects.find(key).map(HasMetadata.class::cast);
    }

    /**
     * The kinds that the cluster does not know.
     *
     * @return their names
     */
    public List<String> missing() {
        return missing;
    }

    /**
     * Whether changes are heard of now.
     *
     * @return false when one of the watches is interrupted
     */
    public boolean isWatching() {
        return informers.stream().allMatch(SharedIndexInformer::isWatching);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        informers.forEach(SharedIndexInformer::stop);
    }
}
