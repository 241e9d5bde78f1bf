package io.k8saws.benchmarks;

import io.k8saws.etcd.Etcd;
import io.k8saws.etcd.backup.BackupOptions;
import io.k8saws.etcd.backup.Backups;
import io.k8saws.etcd.envelope.Compression;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.NewMember;
import io.k8saws.etcd.restore.SnapshotRestore;
import io.k8saws.etcd.snapshot.SnapshotDiff;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.etcd.snapshot.Verification;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.S3Location;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Backups and restores of an etcd of some GiB, beside etcd's own tools in the same run. Arguments: MiB of values (1024), runs (3). To be run with a heap of 256 MiB, which is
 * what is promised.
 */
public final class BackupComparison {
    private static final Duration LIMIT = Duration.ofHours(1);
    private static final String BUCKET = "k8saws-benchmark";

    private final SnapshotPair snapshots;
    private final int runs;
    private final Path scratch;
    private final PrintStream out;
    private final long bytes;
    private final Map<String, Stages> stages = new LinkedHashMap<>();

    private BackupComparison(SnapshotPair snapshots, int runs, Path scratch, PrintStream out) throws IOException {
        this.snapshots = snapshots;
        this.runs = runs;
        this.scratch = scratch;
        this.out = out;
        this.bytes = Files.size(snapshots.after());
    }

    /**
     * Measures and prints the tables.
     *
     * @param arguments MiB of values and number of runs, both optional
     * @throws IOException if files cannot be written or programs not started
     * @throws InterruptedException if the program is told to end
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int mebibytes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1024;
        int runs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        SnapshotPair snapshots = SnapshotPair.of(Path.of("benchmarks", "target", "snapshots"), mebibytes);
        Path scratch = Files.createTempDirectory("k8saws-benchmark-");
        try {
            new BackupComparison(snapshots, runs, scratch, System.out).run();
        } finally {
            Trees.delete(scratch);
        }
    }

    private void run() throws IOException, InterruptedException {
        out.printf(
                Locale.ROOT,
                "%s; %d cores, load %.1f at the start; Java %s, heap limit %d MiB; snapshots of %d MiB; medians of %d runs%n",
                LocalDate.now(ZoneOffset.UTC),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                System.getProperty("java.version"),
                Runtime.getRuntime().maxMemory() >> 20,
                bytes >> 20,
                runs);
        reading();
        restoring();
        Path data = scratch.resolve("live");
        toolRestore(data);
        try (ScratchEtcd server = ScratchEtcd.start(data);
                Etcd etcd = Etcd.at(server.endpoint().toString())) {
            toS3(server, etcd);
            toADirectory(server, etcd);
        }
        stages();
    }

    private void title(String text, String beside) {
        out.printf("%n### %s%n%n| | time | MiB a second | beside %s |%n|---|---|---|---|%n", text, beside);
    }

    private void reading() throws IOException, InterruptedException {
        title("Reading", "etcdutl");
        try (SnapshotFile before = SnapshotFile.open(snapshots.before());
                SnapshotFile after = SnapshotFile.open(snapshots.after())) {
            new Contest()
                    .enter(
                            "`etcdutl snapshot status`, a process",
                            () -> Programs.run("etcdutl", "snapshot", "status", snapshots.after(), "-w", "json"))
                    .enter("`status()`, the same figures", after::status)
                    .enter("`verify()`: L0, L1 and L2", () -> requireWhole(after.verify()))
                    .enter("`hashKv()`", after::hashKv)
                    .enter("differences of two", () -> requireSome(SnapshotDiff.between(before, after)))
                    .run(runs, bytes, out);
        }
    }

    private static void requireWhole(Verification verification) {
        if (!verification.holds()) {
            throw new IllegalStateException(verification.toString());
        }
    }

    private static void requireSome(SnapshotDiff diff) {
        if (diff.summary().total().changed() == 0) {
            throw new IllegalStateException("the two snapshots do not differ");
        }
    }

    private void restoring() throws IOException, InterruptedException {
        title("Restoring a data directory", "etcdutl");
        Path directory = scratch.resolve("restored");
        new Contest()
                .enter("`etcdutl snapshot restore`", () -> {
                    toolRestore(directory);
                    Trees.delete(directory);
                })
                .enter("`SnapshotRestore`: proven before and after", () -> {
                    SnapshotRestore.of(
                                    snapshots.after(),
                                    NewCluster.of(List.of(NewMember.of(ScratchEtcd.NAME, ScratchEtcd.PEER))))
                            .write(ScratchEtcd.NAME, directory);
                    Trees.delete(directory);
                })
                .run(runs, bytes, out);
    }

    private void toolRestore(Path directory) throws IOException, InterruptedException {
        Programs.run(
                "etcdutl",
                "snapshot",
                "restore",
                snapshots.after(),
                "--data-dir=" + directory,
                "--name=" + ScratchEtcd.NAME,
                "--initial-cluster=" + ScratchEtcd.NAME + "=" + ScratchEtcd.PEER,
                "--initial-advertise-peer-urls=" + ScratchEtcd.PEER);
    }

    private void toS3(ScratchEtcd server, Etcd etcd) throws IOException, InterruptedException {
        title("A backup of a live etcd to S3", "save and upload");
        try (AwsEndpoint aws = Testbed.localstack();
                S3Client s3 = aws.configure(S3Client.builder()).build()) {
            s3.createBucket(request -> request.bucket(BUCKET));
            PlainUpload upload = new PlainUpload(s3, BUCKET);
            Path saved = scratch.resolve("saved.db");
            try (BackupStore store = BackupStore.s3(aws.access(), S3Location.of(BUCKET))) {
                new Contest()
                        .enter("`etcdctl snapshot save`, then an upload of four parts at once", () -> {
                            save(server, saved);
                            upload.send(saved, "plain");
                            Files.delete(saved);
                            s3.deleteObject(request -> request.bucket(BUCKET).key("plain"));
                        })
                        .enter("a backup", () -> backup("to S3", store, etcd, Compression.NONE))
                        .enter("a backup, zstd", () -> backup("to S3, zstd", store, etcd, Compression.ZSTD))
                        .run(runs, bytes, out);
            }
        }
    }

    private void toADirectory(ScratchEtcd server, Etcd etcd) throws IOException, InterruptedException {
        title("A backup of a live etcd to a directory", "save and copy");
        Path saved = scratch.resolve("saved.db");
        Path copy = scratch.resolve("copy.db");
        try (BackupStore store = BackupStore.directory(scratch.resolve("store"))) {
            new Contest()
                    .enter("`etcdctl snapshot save`, then a copy that is on the disk", () -> {
                        save(server, saved);
                        Files.copy(saved, copy);
                        try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
                            channel.force(true);
                        }
                        Files.delete(saved);
                        Files.delete(copy);
                    })
                    .enter("a backup", () -> backup("to a directory", store, etcd, Compression.NONE))
                    .enter("a backup, zstd", () -> backup("to a directory, zstd", store, etcd, Compression.ZSTD))
                    .run(runs, bytes, out);
        }
    }

    private static void save(ScratchEtcd server, Path file) throws IOException, InterruptedException {
        Programs.run("etcdctl", "--endpoints=" + server.endpoint(), "snapshot", "save", file);
    }

    private void backup(String name, BackupStore store, Etcd etcd, Compression compression) {
        Stages reached = stages.computeIfAbsent(name, unused -> new Stages());
        try (HeapWatch heap = HeapWatch.start()) {
            reached.begin();
            Backups backups = Backups.in(store, "benchmark").withProgress(reached::note);
            backups.backup(
                    etcd.snapshotSource(),
                    BackupOptions.defaults().withCompression(compression).withSpoolDirectory(scratch.resolve("spool")),
                    LIMIT);
            reached.heap.add((double) (heap.peak() >> 20));
        }
        store.list("benchmark/").forEach(store::delete);
    }

    /** When each stage of a backup was over. */
    private static final class Stages {
        private final Map<String, List<Double>> ends = new LinkedHashMap<>();
        private final List<Double> heap = new ArrayList<>();
        private long started;

        void begin() {
            started = System.nanoTime();
        }

        void note(ProgressEvent event) {
            if (event instanceof ProgressEvent.StageAdvanced stage && stage.complete()) {
                ends.computeIfAbsent(stage.stage(), unused -> new ArrayList<>())
                        .add((System.nanoTime() - started) / 1e9);
            }
        }

        double end(String stage) {
            return Contest.median(ends.getOrDefault(stage, List.of(Double.NaN)));
        }
    }

    private void stages() {
        out.printf(
                "%n### When the stages of a backup are over%n%n| | received | proven, L0 to L2 | stored | read back, L4 | heap peak |%n|---|---|---|---|---|---|%n");
        stages.forEach((name, reached) -> out.printf(
                Locale.ROOT,
                "| %s | %.1f s | %.1f s | %.1f s | %.1f s | %.0f MiB |%n",
                name,
                reached.end("receive"),
                reached.end("prove"),
                reached.end("store"),
                reached.end("read back"),
                reached.heap.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN)));
    }
}
