package io.k8saws.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.plan.DnsPlan;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.AwsKind;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancing.ElasticLoadBalancingClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.IpAddressType;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/**
 * Load balancers are moto's: LocalStack has none, and so shows what happens where AWS does not answer such questions. VPC endpoints are not shown here: moto gives them host names of another form than AWS's.
 */
@DisplayName("What aliases need to know is asked from AWS, in few calls")
class DnsAliasIT {
    private static final String DESCRIBE = "elasticloadbalancing:DescribeLoadBalancers";
    private static final String OF_MOTO = "Z2P70J7EXAMPLE"; // for each application and network load balancer

    private final AwsEndpoint moto;
    private final Route53Client route53;
    private final String unique = DnsFixture.unique("d");
    private final String domain = unique + ".example";
    private String zone = "";

    DnsAliasIT(@AwsEmulator AwsEndpoint moto) {
        this.moto = moto;
        this.route53 = moto.configure(Route53Client.builder()).build();
    }

    @BeforeEach
    void makeZone() {
        zone = DnsFixture.zone(route53, domain);
    }

    @AfterEach
    void close() {
        route53.close();
    }

    private Dns dns(FaultyHttpClient http) {
        return dns(moto, http);
    }

    private Dns dns(AwsEndpoint endpoint, FaultyHttpClient http) {
        return DnsFixture.dns(endpoint.access(http), "blue", domain);
    }

    private String balancer(String name, IpAddressType type) {
        try (Ec2Client ec2 = moto.configure(Ec2Client.builder()).build();
                ElasticLoadBalancingV2Client balancing =
                        moto.configure(ElasticLoadBalancingV2Client.builder()).build()) {
            String vpc = ec2.createVpc(r -> r.cidrBlock("10.0.0.0/16")).vpc().vpcId();
            List<String> subnets = List.of(
                    ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.0.0.0/24").availabilityZone(moto.region() + "a"))
                            .subnet()
                            .subnetId(),
                    ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.0.1.0/24").availabilityZone(moto.region() + "b"))
                            .subnet()
                            .subnetId());
            return balancing
                    .createLoadBalancer(
                            r -> r.name(name + unique).subnets(subnets).ipAddressType(type))
                    .loadBalancers()
                    .get(0)
                    .dnsName();
        }
    }

    private String classicBalancer(String name) {
        try (ElasticLoadBalancingClient balancing =
                moto.configure(ElasticLoadBalancingClient.builder()).build()) {
            return balancing
                    .createLoadBalancer(r -> r.loadBalancerName(name + unique)
                            .availabilityZones(moto.region() + "a")
                            .listeners(
                                    l -> l.protocol("TCP").loadBalancerPort(80).instancePort(80)))
                    .dnsName();
        }
    }

    private List<String> aliases(String name) {
        return aliases(route53, zone, name);
    }

    private List<String> aliases(Route53Client route53, String zone, String name) {
        return route53.listResourceRecordSets(r -> r.hostedZoneId(zone)).resourceRecordSets().stream()
                .filter(set -> set.name().equals(name + "." + domain + ".") && set.aliasTarget() != null)
                .map((ResourceRecordSet set) ->
                        set.typeAsString() + " " + set.aliasTarget().hostedZoneId())
                .toList();
    }

    @Test
    void zonesAndVersionsOfAddressesAreAsAwsSaysAndOneCallTellsOfAll() {
        String both = balancer("both", IpAddressType.DUALSTACK);
        String four = balancer("four", IpAddressType.IPV4);
        Records records = Records.builder("program")
                .add("both." + domain, r -> r.host(both))
                .add("four." + domain, r -> r.host(four))
                .add("again." + domain, r -> r.host(both))
                .add("plain." + domain, r -> r.addresses("192.0.2.1"))
                .build();

        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none());
                Dns dns = dns(http)) {
            dns.apply(dns.plan(records)).requireDone();

            assertThat(aliases("both")).containsExactlyInAnyOrder("A " + OF_MOTO, "AAAA " + OF_MOTO);
            assertThat(aliases("again")).containsExactlyInAnyOrder("A " + OF_MOTO, "AAAA " + OF_MOTO);
            assertThat(aliases("four")).containsExactly("A " + OF_MOTO);
            assertThat(http.calls().count(DESCRIBE)).isEqualTo(1);

            DnsPlan again = dns.plan(records);
            assertThat(again.isEmpty()).as(again.toString()).isTrue();
            assertThat(http.calls().count(DESCRIBE)).isEqualTo(1);
            assertThat(dns.aliasProblems()).isEmpty();
        }
    }

    @Test
    void classicOnesAreFoundByOneCallMore() {
        String classic = classicBalancer("old");
        Records records = Records.builder("program")
                .add("old." + domain, r -> r.host(classic))
                .build();

        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none());
                Dns dns = dns(http)) {
            dns.apply(dns.plan(records)).requireDone();

            assertThat(aliases("old")).hasSize(1).allMatch(one -> one.startsWith("A "));
            assertThat(http.calls().count(DESCRIBE)).isEqualTo(2);
        }
    }

    @Test
    void withoutTheRightNamesTell_andWithoutABalancerNobodyIsAsked() {
        String both = balancer("deny", IpAddressType.DUALSTACK);
        Records plain = Records.builder("program")
                .add("plain." + domain, r -> r.addresses("192.0.2.1"))
                .build();
        Records records = Records.builder("program")
                .add("deny." + domain, r -> r.host(both))
                .build();

        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none().deny(DESCRIBE));
                Dns dns = dns(http)) {
            dns.apply(dns.plan(plain)).requireDone();
            assertThat(http.calls().count(DESCRIBE)).isZero();

            dns.apply(dns.plan(records)).requireDone();

            assertThat(aliases("deny")).hasSize(1).allMatch(one -> one.startsWith("A ") && !one.endsWith(OF_MOTO));
            assertThat(dns.aliasProblems()).isNotEmpty().allMatch(one -> one.contains(DESCRIBE));
        }
    }

    @Test
    void whereNoLoadBalancersAreOffered_theNameTells_andThatIsTold(
            @AwsEmulator(kind = AwsKind.LOCALSTACK) AwsEndpoint localStack) {
        Records records = Records.builder("program")
                .add("web." + domain, r -> r.host("web-1.%s.elb.amazonaws.com".formatted(localStack.region())))
                .build();

        try (Route53Client there = localStack.configure(Route53Client.builder()).build();
                FaultyHttpClient http = FaultyHttpClient.create(Faults.none());
                Dns dns = dns(localStack, http)) {
            String other = there.createHostedZone(r -> r.name(domain).callerReference(unique))
                    .hostedZone()
                    .id();
            dns.apply(dns.plan(records)).requireDone();

            assertThat(aliases(there, other, "web")).hasSize(1).allMatch(one -> one.startsWith("A "));
            assertThat(dns.aliasProblems()).isNotEmpty().allMatch(one -> one.contains("by their names alone"));
            long asked = http.calls().count(DESCRIBE);
            DnsPlan again = dns.plan(records);
            assertThat(again.isEmpty()).as(again.toString()).isTrue();
            assertThat(http.calls().count(DESCRIBE)).as("asked once").isEqualTo(asked);
        }
    }
}
