package io.k8saws.dns.internal.route53;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.dns.internal.engine.ZoneCalls;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.dns.zone.ZoneFilter;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

class ZoneAccountsTest {
    private static final HostedZone ZONE = new HostedZone("Z1", DnsName.of("example.com"), false, Map.of());
    private static final SetChange CHANGE =
            new SetChange(Optional.empty(), Optional.of(HealthChecksTest.record("id-1")));

    @Test
    void ofChangesTheNewestAreRemembered() {
        Map<String, Integer> newest = ZoneAccounts.newest(3);
        for (int i = 0; i < 10; i++) {
            newest.put("C" + i, i);
        }

        assertThat(newest).containsOnlyKeys("C7", "C8", "C9");
    }

    /** What is on the wire cannot be called back; what comes after it is not sent. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aChangeThatFailsIsSentNoMoreWhenTheTermIsOver(int sentBefore) throws IOException {
        AtomicInteger requests = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            byte[] unused = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(500, -1);
            exchange.close();
        });
        server.start();
        AwsAccess access = AwsAccess.builder()
                .region("eu-west-1")
                .endpoint(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
                .credentials(StaticCredentialsProvider.create(AwsBasicCredentials.create("nobody", "none")))
                .build();
        ResiliencePolicy policy = ResiliencePolicy.defaults();
        Sleeper noTime = (pause, why) -> {};
        try (GuardedClients own = GuardedClients.open(access, policy, noTime);
                ZoneAccounts accounts =
                        new ZoneAccounts(access, policy, noTime, own, ZoneFilter.all(), "blue", () -> Instant.EPOCH)) {
            ZoneCalls zone = accounts.calls(ZONE, () -> requests.get() >= sentBefore);

            assertThatThrownBy(() -> zone.change(List.of(CHANGE)))
                    .isInstanceOf(OperationCancelledException.class)
                    .hasMessageContaining("route53:ChangeResourceRecordSets");

            assertThat(requests).hasValue(sentBefore);
        } finally {
            server.stop(0);
        }
    }
}
