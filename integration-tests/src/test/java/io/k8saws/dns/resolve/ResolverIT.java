package io.k8saws.dns.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordType;
import io.k8saws.error.K8sAwsException;
import io.k8saws.testkit.NameServer;
import io.k8saws.testkit.Testbed;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A resolver tells what a real name server answers")
class ResolverIT {
    private static final String ZONE = """
            $ORIGIN asked.example.
            $TTL 60
            @ IN SOA ns.asked.example. hostmaster.asked.example. 1 7200 900 1209600 60
            @ IN NS ns.asked.example.
            ns IN A 127.0.0.1
            web IN A 192.0.2.1
            web IN A 192.0.2.2
            web IN AAAA 2001:db8::1
            alias IN CNAME web.asked.example.
            text IN TXT "a b" "c"
            mail IN MX 10 web.asked.example.
            *.any IN A 192.0.2.9
            """;

    private static NameServer server;
    private static Resolver resolver;

    @BeforeAll
    static void start() {
        server = Testbed.nameServer("asked.example", ZONE);
        resolver = Resolver.at(List.of(server.address()));
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "web       | A     | 192.0.2.1,192.0.2.2",
                "web       | AAAA  | 2001:db8::1",
                "alias     | CNAME | web.asked.example.",
                "mail      | MX    | 10 web.asked.example.",
                "some.any  | A     | 192.0.2.9",
                "web       | TXT   | ''",
                "nobody    | A     | ''",
            })
    void whatIsInTheZone(String name, RecordType type, String values) {
        assertThat(resolver.ask(DnsName.of(name + ".asked.example"), type))
                .containsExactlyInAnyOrderElementsOf(values.isEmpty() ? List.of() : List.of(values.split(",")));
    }

    @Test
    void whoDoesNotAnswerIsNamed() {
        int nobody = server.address().getPort() == 9 ? 10 : 9;
        Resolver silent = Resolver.at(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), nobody)));

        assertThatThrownBy(() -> silent.ask(DnsName.of("web.asked.example"), RecordType.A))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("dns://127.0.0.1:" + nobody);
    }
}
