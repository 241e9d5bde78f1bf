package io.k8saws.etcd.backup;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.etcd.internal.disk.ScratchDirectory;
import io.k8saws.etcd.internal.stage.Stages;
import io.k8saws.etcd.restore.DrillResult;
import io.k8saws.etcd.restore.RestoreDrill;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.etcd.snapshot.Verification;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.progress.ProgressListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Looks at single backups: fetched, proven again, drilled, opened; what is found is kept beside them.
 *
 * @param store where they lie
 * @param cluster the cluster's name there
 * @param fetching gets them
 * @param observer who looks
 * @param progress hears of it
 * @param scratch where one is put for a moment
 */
record Looks(
        BackupStore store,
        String cluster,
        Fetching fetching,
        Observer observer,
        ProgressListener progress,
        Path scratch) {
    /** Fetches a snapshot. */
    Path fetch(Backup backup, Path file) {
        return told("fetch", backup, 1, stages -> fetching.into(backup, file, stages));
    }

    /** Fetches and proves it, and keeps what was found. */
    Backup verify(Backup backup) {
        Proving proving = new Proving(observer);
        List<BackupProof> found = new ArrayList<>();
        return told("verify", backup, 2, stages -> {
            try {
                withFile(backup, stages, file -> {
                    found.addAll(proving.ofFile(file, TimedStore.pulse(store)));
                    stages.end("prove", backup.manifest().content().bytes(), "bytes");
                });
                found.add(proving.readBack(backup));
            } catch (CorruptSnapshotException e) {
                found.add(proving.damaged(e));
            }
            return keep(backup, found);
        });
    }

    Backup witness(Backup backup, List<? extends HashKvWitness> witnesses, Duration limit) {
        return told("witness", backup, 1, stages -> {
            BackupProof proof = new Proving(observer).witnesses(backup, witnesses, limit);
            stages.end("compare", witnesses.size(), "members");
            return keep(backup, List.of(proof));
        });
    }

    /** The limit is asked for when the backup is fetched. */
    Backup drill(Backup backup, RestoreDrill drill, Supplier<Duration> limit) {
        List<BackupProof> found = new ArrayList<>();
        Proving proving = new Proving(observer);
        return told("drill", backup, 2, stages -> {
            try {
                withFile(backup, stages, file -> {
                    try {
                        found.add(proving.drilled(backup, drill.run(file, limit.get())));
                        stages.end("restore", 1, "members");
                    } catch (CorruptSnapshotException e) {
                        found.add(proving.notRestored(e));
                    }
                });
            } catch (CorruptSnapshotException e) {
                found.add(proving.damaged(e));
            }
            return keep(backup, found);
        });
    }

    Backup keepDrill(Backup backup, DrillResult result) {
        return keep(backup, List.of(new Proving(observer).drilled(backup, result)));
    }

    OpenedBackup open(Backup backup) {
        ScratchDirectory directory = scratch(backup);
        boolean opened = false;
        try {
            Path file = fetch(backup, directory.file("snapshot.db"));
            Verification.of(file, TimedStore.pulse(store)).requireHolds(Verification.Level.L2);
            OpenedBackup open = new OpenedBackup(directory, file, SnapshotFile.open(file));
            opened = true;
            return open;
        } finally {
            if (!opened) {
                directory.close();
            }
        }
    }

    /** Tells of work with a backup. */
    <T> T told(String operation, Backup backup, int stages, Function<Stages, T> work) {
        return Stages.during(
                progress, operation, cluster + "/" + backup.manifest().etcd(), stages, work);
    }

    private void withFile(Backup backup, Stages stages, Consumer<Path> use) {
        try (ScratchDirectory directory = scratch(backup)) {
            use.accept(fetching.into(backup, directory.file("snapshot.db"), stages));
        }
    }

    private ScratchDirectory scratch(Backup backup) {
        return ScratchDirectory.in(scratch, "Look at backup " + backup.id());
    }

    /** Each proof is an object of its own, so that nobody writes over anybody's. */
    private Backup keep(Backup backup, List<BackupProof> proofs) {
        List<BackupProof> all = new ArrayList<>(backup.laterProofs());
        for (BackupProof proof : proofs) {
            store.put(backup.manifest().directory() + Layout.proof(proof), SealedJson.seal(BackupManifest.json(proof)));
            all.add(proof);
        }
        return new Backup(backup.manifest(), all);
    }
}
