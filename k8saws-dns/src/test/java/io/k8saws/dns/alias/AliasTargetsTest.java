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
        "a1.awsglobalaccelerator.com, Z2BJ6XQ5FK7U4H, false",
        "a1.dualstack.awsglobalaccelerator.com, Z2BJ6XQ5FK7U4H, true",
        "d-ab12cd34ef.execute-api.eu-west-1.amazonaws.com, ZLY8HYME6SFDD, false",
        "vpce-0123456789abcdef0-aa11.ec2.eu-west-1.vpce.amazonaws.com, Z38GZ743OKFT7T, false",
        "vpce-0123456789abcdef0-aa11-eu-west-1a.vpce-svc-0a1b.eu-west-1.vpce.amazonaws.com, Z38GZ743OKFT7T, false"
    })
    void knowsHostNamesByTheirForm(String host, String zone, boolean ipv6) {
        assertThat(AliasTargets.byName().find(DnsName.of(host))).contains(new AliasTarget(zone, ipv6));
    }

    @ParameterizedTest
    @CsvSource({
        "www.example.com",
        "web-1.xx-none-9.elb.amazonaws.com",
        "amazonaws.com",
        "a1b2c3.execute-api.eu-west-1.amazonaws.com",
        "d-ab12.execute-api.cn-north-1.amazonaws.com.cn",
        "vpce-0123456789abcdef0-aa11.ec2.xx-none-9.vpce.amazonaws.com",
        "elb.amazonaws.com",
        "web.cloudfront.net.example.com"
    })
    void guessesNothing(String host) {
        assertThat(AliasTargets.byName().find(DnsName.of(host))).isEmpty();
    }

    @Test
    void anAliasToCloudFrontFollowsNoHealth() {
        assertThat(AliasTargets.byName().find(DnsName.of("d111.cloudfront.net")))
                .get()
                .matches(target -> !target.tellsHealth());
        assertThat(new AliasTarget("Z2BJ6XQ5FK7U4H", false).tellsHealth()).isTrue();
    }

    @Test
    void onlyWhoIsToAskAwsSaysSo() {
        AliasTargets none = host -> Optional.empty();
        assertThat(AliasTargets.ofAws().asksAws()).isTrue();
        assertThat(none.or(AliasTargets.ofAws()).asksAws()).isTrue();
        assertThat(none.or(AliasTargets.byName()).asksAws()).isFalse();
        assertThat(AliasTargets.ofAws().find(DnsName.of("d111.cloudfront.net"))).isPresent();
    }

    @Test
    void readsTheIdOfAnEndpoint() {
        assertThat(AwsHost.of(DnsName.of("vpce-0123456789abcdef0-aa11.ec2.eu-west-1.vpce.amazonaws.com"))
                        .flatMap(AwsHost::endpointId))
                .contains("vpce-0123456789abcdef0");
        assertThat(AwsHost.of(DnsName.of("d111.cloudfront.net")).flatMap(AwsHost::endpointId))
                .isEmpty();
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
