package io.k8saws.dns.alias;

import io.k8saws.dns.record.DnsName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host name of AWS, as its form tells it (AWS general reference; Elastic Load Balancing, PrivateLink, CloudFront, Global Accelerator and API Gateway guides). Immutable and pure.
 *
 * @param kind what it is a name of
 * @param region its region; empty for what has none
 * @param name the name under which AWS's API knows it
 * @param isDualStack whether the name itself says that it has addresses of both versions
 */
public record AwsHost(Kind kind, String region, DnsName name, boolean isDualStack) {
    /** What has such names. */
    public enum Kind {
        /** Application and classic load balancers, whose names look the same. */
        LOAD_BALANCER,
        /** Network load balancers. */
        NETWORK_LOAD_BALANCER,
        /** Interface endpoints of a VPC. */
        VPC_ENDPOINT,
        /** Regional domains of API Gateway. */
        API,
        /** CloudFront, with edge-optimised domains of API Gateway. */
        DISTRIBUTION,
        /** Global Accelerator. */
        ACCELERATOR
    }

    private static final String DUAL = "dualstack.";
    private static final String END = "\\.amazonaws\\.com(?:\\.cn)?";
    private static final Pattern APPLICATION = Pattern.compile(".+\\.([a-z0-9-]+)\\.elb" + END);
    private static final Pattern NETWORK = Pattern.compile(".+\\.elb\\.([a-z0-9-]+)" + END);
    private static final Pattern ENDPOINT =
            Pattern.compile("(?:.+\\.)?(vpce-[0-9a-f]{8,})-.+\\.([a-z0-9-]+)\\.vpce" + END);
    private static final Pattern GATEWAY = Pattern.compile("d-[a-z0-9]+\\.execute-api\\.([a-z0-9-]+)" + END);

    /**
     * Reads a host name.
     *
     * @param host the host name
     * @return what it is a name of; empty when it is none of these
     */
    public static Optional<AwsHost> of(DnsName host) {
        String text = host.text();
        boolean dual = text.startsWith(DUAL);
        DnsName plain = dual ? new DnsName(text.substring(DUAL.length())) : host;
        if (text.endsWith(".cloudfront.net")) {
            return Optional.of(new AwsHost(Kind.DISTRIBUTION, "", host, true));
        }
        if (text.endsWith(".awsglobalaccelerator.com")) {
            boolean both = text.endsWith(".dualstack.awsglobalaccelerator.com");
            return Optional.of(new AwsHost(Kind.ACCELERATOR, "", host, both));
        }
        Matcher network = NETWORK.matcher(plain.text());
        if (network.matches()) {
            return Optional.of(new AwsHost(Kind.NETWORK_LOAD_BALANCER, network.group(1), plain, dual));
        }
        Matcher application = APPLICATION.matcher(plain.text());
        if (application.matches()) {
            return Optional.of(new AwsHost(Kind.LOAD_BALANCER, application.group(1), plain, dual));
        }
        Matcher endpoint = ENDPOINT.matcher(text);
        if (endpoint.matches()) {
            return Optional.of(new AwsHost(Kind.VPC_ENDPOINT, endpoint.group(2), host, false));
        }
        Matcher gateway = GATEWAY.matcher(text);
        return gateway.matches() ? Optional.of(new AwsHost(Kind.API, gateway.group(1), host, false)) : Optional.empty();
    }

    /**
     * The id in the name of a VPC endpoint.
     *
     * @return such as {@code vpce-0123456789abcdef0}; empty for other kinds
     */
    public Optional<String> endpointId() {
        Matcher endpoint = ENDPOINT.matcher(name.text());
        return kind == Kind.VPC_ENDPOINT && endpoint.matches() ? Optional.of(endpoint.group(1)) : Optional.empty();
    }
}
