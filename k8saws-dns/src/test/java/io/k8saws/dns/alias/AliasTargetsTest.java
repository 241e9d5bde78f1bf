package io.k8saws.dns.alias;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.alias.AliasTargets.AliasTarget;
import io.k8saws.dns.record.DnsName;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AliasTargetsTest {
    @ParameterizedTest
    @CsvSource({
        "web-1.eu-west-1.elb.amazonaws.com, Z32O12XQLNTSW2, false",
        "internal-web-1.eu-west-1.elb.amazonaws.com, Z32O12XQLNTSW2, false",
        "dualstack.web-1.us-east-1.elb.amazonaws.com, Z35SXDOTRQ7X7K, true",
        "web-1.elb.eu-central-1.amazonaws.com, Z3F0SRJ5LGBH90, false",
        "web-1.cn-north-1.elb.amazonaws.com.cn, Z1GDH35T77C1KE, false",
        "d111.cloudfront.net, Z2FDTNDATAQYW2, true",
        "a1.awsglobalaccelerator.com, Z2BJ6XQ5FK7U4H, false"
    })
    void knowsHostNamesByTheirForm(String host, String zone, boolean ipv6) {
        assertThat(AliasTargets.byName().find(DnsName.of(host))).contains(new AliasTarget(zone, ipv6));
    }

    @ParameterizedTest
    @CsvSource({
        "www.example.com",
        "web-1.xx-none-9.elb.amazonaws.com",
        "amazonaws.com",
        "elb.amazonaws.com",
        "web.cloudfront.net.example.com"
    })
    void guessesNothing(String host) {
        assertThat(AliasTargets.byName().find(DnsName.of(host))).isEmpty();
    }

    @Test
    void asksTheFirstFirst() {
        AliasTargets asked = host -> Optional.of(new AliasTarget("ZASKED", true));
        DnsName host = DnsName.of("web-1.eu-west-1.elb.amazonaws.com");
        assertThat(asked.or(AliasTargets.byName()).find(host)).contains(new AliasTarget("ZASKED", true));
        AliasTargets silent = any -> Optional.empty();
        assertThat(silent.or(AliasTargets.byName()).find(host)).contains(new AliasTarget("Z32O12XQLNTSW2", false));
    }
}
