package io.k8saws.dns.plan;

/** What may be done in a zone. */
public enum ChangePolicy {
    /** Create, change, delete. */
    SYNC,
    /** Create and change; what nobody wants any more stays. */
    UPSERT_ONLY,
    /** Create alone. */
    CREATE_ONLY
}
