package io.k8saws.benchmarks;

import io.k8saws.etcd.snapshot.SnapshotDiff;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * How fast snapshots are read, beside {@code etcdutl snapshot status} on the same file in the same run. Arguments: MiB of values (256), runs (5). Prints the median
 * of each, and its ratio to the tool's.
 */
public final class SnapshotComparison {
    private static final int VALUE = 2000;
    private static final int BATCH = 100;

    private SnapshotComparison() {}

    private interface Work {
        Object run() throws IOException, InterruptedException;
    }

    /**
     * Measures and prints a table.
     *
     * @param arguments MiB of values and number of runs, both optional
     * @throws IOException if files cannot be written or programs not started
     * @throws InterruptedException if the program is told to end
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int mebibytes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 256;
        int runs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        Path directory = Files.createTempDirectory("k8saws-snapshots-");
        Path file = directory.resolve("snapshot.db");
        try {
            save(file, mebibytes);
            System.out.printf(Locale.ROOT, "%d MiB in the file, medians of %d runs%n%n", Files.size(file) >> 20, runs);
            System.out.println("| | seconds | beside etcdutl |\n|---|---|---|");
            double tool = median(
                    runs,
                    () -> run(
                            Testbed.program("etcdutl").toString(),
                            "snapshot",
                            "status",
                            file.toString(),
                            "-w",
                            "json"));
            row("etcdutl snapshot status, a process", tool, tool);
            try (SnapshotFile snapshot = SnapshotFile.open(file)) {
                row("status()", median(runs, snapshot::status), tool);
                row("verify(), all levels", median(runs, snapshot::verify), tool);
                row("hashKv()", median(runs, snapshot::hashKv), tool);
                row(
                        "history(), all of it",
                        median(runs, () -> snapshot.history().count()),
                        tool);
                row(
                        "SnapshotDiff with itself",
                        median(runs, () -> SnapshotDiff.between(snapshot, snapshot)
                                .summary()),
                        tool);
            }
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(directory);
        }
    }

    private static void row(String name, double seconds, double tool) {
        System.out.printf(Locale.ROOT, "| %s | %.2f | %.2f |%n", name, seconds, seconds / tool);
    }

    private static double median(int runs, Work work) throws IOException, InterruptedException {
        List<Double> seconds = new ArrayList<>();
        Object expected = work.run();
        for (int i = 0; i < runs; i++) {
            long start = System.nanoTime();
            Object result = work.run();
            if (!result.equals(expected)) {
                throw new IllegalStateException("the same work gave " + expected + " and " + result);
            }
            seconds.add((System.nanoTime() - start) / 1e9);
        }
        Collections.sort(seconds);
        return seconds.get(runs / 2);
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + code);
        }
        return code;
    }

    /** Fills an etcd with values as large as those of Kubernetes, a hundred in a transaction. */
    private static void save(Path file, int mebibytes) throws IOException, InterruptedException {
        SplittableRandom random = new SplittableRandom(1);
        HttpClient http = HttpClient.newHttpClient();
        long values = ((long) mebibytes << 20) / VALUE;
        try (EtcdCluster etcd = Testbed.etcd(1)) {
            URI transactions = etcd.endpoints().get(0).resolve("/v3/kv/txn");
            byte[] value = new byte[VALUE];
            for (long done = 0; done < values; done += BATCH) {
                StringBuilder request = new StringBuilder("{\"success\":[");
                for (int i = 0; i < BATCH; i++) {
                    random.nextBytes(value);
                    // a third of the keys is written again
                    long key = (done + i) % Math.max(BATCH, values * 2 / 3);
                    request.append(i == 0 ? "" : ",")
                            .append("{\"requestPut\":{\"key\":\"")
                            .append(base64(("/registry/pods/bench/pod-" + key).getBytes(StandardCharsets.UTF_8)))
                            .append("\",\"value\":\"")
                            .append(base64(value))
                            .append("\"}}");
                }
                HttpResponse<String> response = http.send(
                        HttpRequest.newBuilder(transactions)
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        request.append("]}").toString()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() != 200) {
                    throw new IOException("etcd answered " + response.body());
                }
            }
            run(
                    Testbed.program("etcdctl").toString(),
                    "--endpoints=" + etcd.endpoints().get(0),
                    "snapshot",
                    "save",
                    file.toString());
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
