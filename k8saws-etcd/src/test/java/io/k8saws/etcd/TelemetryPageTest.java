package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.EtcdCallException;
import io.k8saws.telemetry.Telemetry;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** The code in docs/resilience.md does what the page says. */
class TelemetryPageTest {
    // snippet: telemetry
    /** Counts calls that failed, by service and operation. */
    static final class FailedCalls implements Telemetry {
        final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

        @Override
        public void called(Call call) {
            if (call.outcome() == Outcome.FAILED) {
                String name = call.service() + "." + call.operation();
                counts.computeIfAbsent(name, unused -> new LongAdder()).increment();
            }
        }
    }
    // end: telemetry

    @Test
    void anEtcdThatIsNotThereIsCounted() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        FailedCalls failed = new FailedCalls();
        try (Etcd etcd = Etcd.builder()
                .endpoint("http://127.0.0.1:" + port)
                .timeouts(Duration.ofSeconds(1), Duration.ofSeconds(2))
                .maxAttempts(2)
                .telemetry(failed)
                .build()) {
            assertThatThrownBy(etcd::revision).isInstanceOf(EtcdCallException.class);
        }
        assertThat(failed.counts).containsOnlyKeys("etcd.KV.Range");
        assertThat(failed.counts.get("etcd.KV.Range").sum()).isEqualTo(1);
    }
}
