package io.k8saws.dns.record;

/** The types of records that Route 53 knows. */
public enum RecordType {
    /** An address of IP version 4. */
    A,
    /** An address of IP version 6. */
    AAAA,
    /** Another name. */
    CNAME,
    /** Text. */
    TXT,
    /** Where a service listens. */
    SRV,
    /** Where mail goes. */
    MX,
    /** The name servers of a zone. */
    NS,
    /** The name of an address. */
    PTR,
    /** Rules to rewrite numbers into names; never written by this library. */
    NAPTR,
    /** Who may issue certificates; never written by this library. */
    CAA,
    /** The head of a zone; never written by this library. */
    SOA,
    /** The key of a child zone; never written by this library. */
    DS,
    /** How a web server is reached; never written by this library. */
    HTTPS,
    /** How a service is reached; never written by this library. */
    SVCB,
    /** A certificate's print; never written by this library. */
    TLSA,
    /** A host key's print; never written by this library. */
    SSHFP,
    /** Who may send mail; never written by this library. */
    SPF;

    /**
     * Whether this library writes records of the type.
     *
     * @return false for types that are only carried
     */
    public boolean isManaged() {
        return compareTo(PTR) <= 0;
    }
}
