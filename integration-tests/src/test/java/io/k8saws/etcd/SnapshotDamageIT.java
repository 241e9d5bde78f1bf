package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.etcd.snapshot.Verification;
import io.k8saws.etcd.snapshot.Verification.Level;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code etcdutl snapshot status} and the three levels see of damaged backups. Writes the table of docs/etcd-snapshots.md to {@code target/snapshot-damages.md}.
 */
class SnapshotDamageIT {
    private static final long SEED = 20_261_127;
    private static final int EACH = Integer.getInteger("damages.each", 100);
    private static final int SECTOR = 512;
    private static final int PAGE = 4096;

    @TempDir
    Path directory;

    /** How many damages of a kind were seen. */
    private static final class Seen {
        private int all;
        private int tool;
        private final Map<Level, Integer> levels = new LinkedHashMap<>();

        @Override
        public String toString() {
            return all + " | " + tool + " | " + levels.get(Level.L0) + " | " + levels.get(Level.L1) + " | "
                    + levels.get(Level.L2);
        }
    }

    @Test
    void etcdsOwnToolMissesWhatTheTrailerProves() throws IOException {
        byte[] file = Files.readAllBytes(snapshot());
        assertThat(toolAccepts(file)).isTrue();
        assertThat(verify(file).holds()).isTrue();
        SplittableRandom random = new SplittableRandom(SEED);
        int sectors = file.length / SECTOR;

        Map<String, Seen> table = new LinkedHashMap<>();
        table.put("one bit flipped, anywhere", damage(() -> {
            byte[] damaged = file.clone();
            damaged[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
            return damaged;
        }));
        table.put("one bit flipped in the SHA-256 at the end", damage(() -> {
            byte[] damaged = file.clone();
            damaged[file.length - 1 - random.nextInt(32)] ^= (byte) (1 << random.nextInt(8));
            return damaged;
        }));
        table.put("the SHA-256 at the end is missing", damage(() -> Arrays.copyOf(file, file.length - 32)));
        table.put(
                "cut after a random sector of 512 bytes",
                damage(() -> Arrays.copyOf(file, random.nextInt(sectors) * SECTOR)));
        table.put(
                "cut within the last page",
                damage(() -> Arrays.copyOf(file, file.length - 32 - random.nextInt(1, PAGE / SECTOR) * SECTOR)));
        table.put("two sectors of 512 bytes swapped", damage(() -> swap(file, SECTOR, random)));
        table.put("two pages of 4,096 bytes swapped", damage(() -> swap(file, PAGE, random)));
        table.put("a value has other bytes of the same length", damage(() -> otherValue(file, random)));

        StringBuilder text = new StringBuilder(
                "| damage | tried | seen by `etcdutl snapshot status` | L0 | L1 | L2 |\n|---|---|---|---|---|---|\n");
        table.forEach((name, seen) -> text.append("| " + name + " | " + seen + " |\n"));
        Path target = Path.of("target", "snapshot-damages.md");
        Files.createDirectories(target.getParent());
        Files.writeString(target, text);

        assertThat(table.values())
                .allSatisfy(seen -> assertThat(seen.levels.get(Level.L0)).isEqualTo(seen.all));
        assertThat(table.get("one bit flipped, anywhere").tool).isLessThan(EACH);
        assertThat(table.get("one bit flipped in the SHA-256 at the end").tool).isZero();
        assertThat(table.get("the SHA-256 at the end is missing").tool).isZero();
        assertThat(table.get("a value has other bytes of the same length").tool).isZero();
    }

    private Path snapshot() {
        try (EtcdCluster etcd = Testbed.etcd(1)) {
            Gateway gateway = new Gateway(etcd.endpoints().get(0));
            gateway.put("/needle", "needle-".repeat(60));
            new Histories(gateway, 9).changes(400).manyKeys(300);
            return Tool.client("etcdctl", etcd).save(directory.resolve("whole.db"));
        }
    }

    private interface Damage {
        byte[] make();
    }

    private Seen damage(Damage damage) {
        Seen seen = new Seen();
        for (Level level : Level.values()) {
            seen.levels.put(level, 0);
        }
        for (int i = 0; i < EACH; i++) {
            byte[] damaged = damage.make();
            seen.all++;
            seen.tool += toolAccepts(damaged) ? 0 : 1;
            Verification verification = verify(damaged);
            for (Level level : Level.values()) {
                seen.levels.merge(level, verification.holds(level) ? 0 : 1, Integer::sum);
            }
        }
        return seen;
    }

    /** Takes two blocks that are not alike. */
    private static byte[] swap(byte[] file, int size, SplittableRandom random) {
        while (true) {
            int a = random.nextInt((file.length - 32) / size) * size;
            int b = random.nextInt((file.length - 32) / size) * size;
            if (!Arrays.equals(file, a, a + size, file, b, b + size)) {
                byte[] damaged = file.clone();
                System.arraycopy(file, a, damaged, b, size);
                System.arraycopy(file, b, damaged, a, size);
                return damaged;
            }
        }
    }

    private static byte[] otherValue(byte[] file, SplittableRandom random) {
        byte[] needle = Gateway.bytes("needle-needle-needle-");
        for (int at = 0; at + 400 < file.length; at++) {
            if (Arrays.equals(file, at, at + needle.length, needle, 0, needle.length)) {
                byte[] damaged = file.clone();
                for (int i = 0; i < 20; i++) {
                    damaged[at + random.nextInt(400)] ^= (byte) (1 + random.nextInt(255));
                }
                return Arrays.equals(damaged, file) ? otherValue(file, random) : damaged;
            }
        }
        throw new AssertionError("the value is not in the file");
    }

    private boolean toolAccepts(byte[] bytes) {
        return Tool.of("etcdutl")
                        .run("snapshot", "status", save(bytes), "-w", "json")
                        .code()
                == 0;
    }

    private Verification verify(byte[] bytes) {
        return Verification.of(save(bytes));
    }

    private Path save(byte[] bytes) {
        try {
            return Files.write(directory.resolve("damaged.db"), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
