package io.k8saws.cluster;

/** The protocol of a rule, with its name in the EC2 API (IANA protocol numbers where EC2 knows no name). */
public enum Protocol {
    /** TCP. */
    TCP("tcp", true),

    /** UDP. */
    UDP("udp", true),

    /** ICMP for IPv4. Has no ports. */
    ICMP("icmp", false),

    /** IP protocol 4, IP in IP. Has no ports. */
    IPIP("4", false),

    /** IP protocol 50, the encrypted payload of IPsec. Has no ports. */
    ESP("50", false),

    /** Every protocol and every port. */
    ALL("-1", false);

    private final String ec2Name;
    private final boolean ported;

    Protocol(String ec2Name, boolean ported) {
        this.ec2Name = ec2Name;
        this.ported = ported;
    }

    /**
     * Returns the value of {@code IpProtocol} in the EC2 API.
     *
     * @return {@code tcp}, {@code udp}, {@code icmp}, a protocol number, or {@code -1} for all
     */
    public String ec2Name() {
        return ec2Name;
    }

    /**
     * Tells whether a rule of this protocol has ports.
     *
     * @return true for TCP and UDP
     */
    public boolean hasPorts() {
        return ported;
    }
}
