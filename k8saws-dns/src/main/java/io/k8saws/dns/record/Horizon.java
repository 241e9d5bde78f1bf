package io.k8saws.dns.record;

/** Who shall get an answer. */
public enum Horizon {
    /** Anybody for whom there is a zone. */
    ANY,
    /** The internet: the record is in the public zone alone. */
    PUBLIC,
    /** VPCs: the record is in the private zone alone. */
    PRIVATE
}
