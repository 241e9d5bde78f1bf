package io.k8saws.benchmarks;

import io.k8saws.etcd.Etcd;
import io.k8saws.etcd.KeyWrite;
import io.k8saws.etcd.WriteResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Two snapshots of one etcd, the second after a fiftieth of the values has changed. Values have 2 to 20 KiB, half of it random and half of it text, so that compression finds about as
 * little as in a cluster with many Secrets. They are made once and kept.
 *
 * @param before the first
 * @param after the second
 */
record SnapshotPair(Path before, Path after) {
    private static final int SMALLEST = 2 << 10;
    private static final int LARGEST = 20 << 10;
    private static final int BATCH = 64;
    private static final int CHANGED = 50;
    private static final byte[] TEXT =
            "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"namespace\":\"bench\"}},"
                    .getBytes(StandardCharsets.UTF_8);

    /** Makes them in a directory, or takes those that are there. */
    static SnapshotPair of(Path directory, int mebibytes) throws IOException, InterruptedException {
        SnapshotPair pair = new SnapshotPair(
                directory.resolve("before-" + mebibytes + ".db"), directory.resolve("after-" + mebibytes + ".db"));
        if (!Files.exists(pair.before) || !Files.exists(pair.after)) {
            Files.createDirectories(directory);
            pair.make(mebibytes);
        }
        return pair;
    }

    private void make(int mebibytes) throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("k8saws-benchmark-etcd-");
        try (ScratchEtcd server = ScratchEtcd.start(data.resolve("data"));
                Etcd etcd = Etcd.at(server.endpoint().toString())) {
            SplittableRandom random = new SplittableRandom(1);
            List<Long> revisions = new ArrayList<>();
            long wanted = (long) mebibytes << 20;
            for (long bytes = 0; bytes < wanted; ) {
                List<KeyWrite> writes = new ArrayList<>();
                for (int i = 0; i < BATCH; i++) {
                    byte[] value = value(random);
                    bytes += value.length;
                    writes.add(KeyWrite.put(key(revisions.size() * BATCH + i), 0, value, 0));
                }
                revisions.add(write(etcd, writes));
            }
            save(server, before);
            for (int batch = 0; batch < revisions.size(); batch++) {
                List<KeyWrite> writes = new ArrayList<>();
                for (int i = batch % CHANGED; i < BATCH; i += CHANGED) {
                    writes.add(KeyWrite.put(key(batch * BATCH + i), revisions.get(batch), value(random), 0));
                }
                write(etcd, writes);
            }
            save(server, after);
        } finally {
            Trees.delete(data);
        }
    }

    private static long write(Etcd etcd, List<KeyWrite> writes) {
        WriteResult result = etcd.writeIfUnchanged(writes);
        if (!result.written()) {
            throw new IllegalStateException("somebody else writes to the etcd of the benchmark");
        }
        return result.revision();
    }

    private static String key(int number) {
        return "/registry/configmaps/bench-" + number % 97 + "/settings-" + number;
    }

    private static byte[] value(SplittableRandom random) {
        byte[] value = new byte[random.nextInt(SMALLEST, LARGEST)];
        byte[] noise = new byte[value.length / 2];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, value, 0, noise.length);
        for (int at = noise.length; at < value.length; at += TEXT.length) {
            System.arraycopy(TEXT, 0, value, at, Math.min(TEXT.length, value.length - at));
        }
        return value;
    }

    private static void save(ScratchEtcd server, Path file) throws IOException, InterruptedException {
        Path part = file.resolveSibling(file.getFileName() + ".new");
        Programs.run("etcdctl", "--endpoints=" + server.endpoint(), "snapshot", "save", part);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** For example {@code before-1024.db and after-1024.db}. */
    @Override
    public String toString() {
        return Arrays.asList(before.getFileName(), after.getFileName()).toString();
    }
}
