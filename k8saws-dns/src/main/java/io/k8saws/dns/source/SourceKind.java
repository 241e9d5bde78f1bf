package io.k8saws.dns.source;

import java.util.Locale;

/** What names can come from. */
public enum SourceKind {
    /** Services of every type. */
    SERVICE("Service"),

    /** Ingresses. */
    INGRESS("Ingress"),

    /** Gateways of the Gateway API. */
    GATEWAY("Gateway"),

    /** Routes for HTTP of the Gateway API. */
    HTTP_ROUTE("HTTPRoute"),

    /** Routes for gRPC of the Gateway API. */
    GRPC_ROUTE("GRPCRoute"),

    /** Routes for TLS of the Gateway API. */
    TLS_ROUTE("TLSRoute"),

    /** Nodes, by templates. */
    NODE("Node"),

    /** Pods on the network of their hosts. */
    POD("Pod"),

    /** external-dns's own objects. */
    DNS_ENDPOINT("DNSEndpoint");

    private final String kind;

    SourceKind(String kind) {
        this.kind = kind;
    }

    /**
     * The kind, as Kubernetes writes it.
     *
     * @return for example {@code HTTPRoute}
     */
    public String kind() {
        return kind;
    }

    /**
     * The kind, as external-dns writes it into its marks.
     *
     * @return for example {@code httproute}; {@code crd} for its own objects
     */
    public String mark() {
        return this == DNS_ENDPOINT ? "crd" : kind.toLowerCase(Locale.ROOT);
    }
}
