package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.testkit.EtcdCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What a member counts of itself. */
final class EtcdMetrics {
    private final HttpClient http = HttpClient.newHttpClient();
    private final EtcdCluster etcd;
    private final int member;

    EtcdMetrics(EtcdCluster etcd, int member) {
        this.etcd = etcd;
        this.member = member;
    }

    private double sum(String name, String label) {
        try {
            return http.send(HttpRequest.newBuilder(etcd.metrics(member)).build(), HttpResponse.BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(name) && line.contains(label))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Transactions that keep pages from being used again. The server counts them when it commits a change. */
    double readTransactions(Gateway gateway) {
        gateway.put("/tick", "1");
        LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
        gateway.put("/tick", "2");
        LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
        return sum("etcd_mvcc_db_open_read_transactions", "");
    }

    /** Snapshots that the server sends just now. */
    double snapshotsUnderWay() {
        return sum("grpc_server_started_total{", "grpc_method=\"Snapshot\"")
                - sum("grpc_server_handled_total{", "grpc_method=\"Snapshot\"");
    }

    /** Bytes of answers to clients, so far. */
    double sentToClients() {
        return sum("etcd_network_client_grpc_sent_bytes_total", "");
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time to wait until " + what).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }
}
