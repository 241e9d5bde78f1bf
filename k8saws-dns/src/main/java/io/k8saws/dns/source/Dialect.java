package io.k8saws.dns.source;

/** Words of older programs that are understood beside external-dns's when they are asked for. */
public enum Dialect {
    /** kops's dns-controller: {@code dns.alpha.kubernetes.io/external} and {@code /internal} on Services and Pods. */
    KOPS,

    /** route53-kubernetes: the label {@code dns=route53} and the annotation {@code domainName} on Services. */
    ROUTE53_KUBERNETES,

    /** Mate: the annotation {@code zalando.org/dnsname} on Services and Ingresses. */
    MATE
}
