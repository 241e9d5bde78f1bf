package io.k8saws.etcd.backup;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.backup.BackupProof.Level;
import io.k8saws.etcd.restore.DrillResult;
import io.k8saws.etcd.snapshot.HashKv;
import io.k8saws.etcd.snapshot.Verification;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks at backups, and says what was found. Stores nothing. */
record Proving(Observer observer) {
    /** A fetched file, on the levels that a file can tell of. */
    List<BackupProof> ofFile(Path file, Runnable pulse) {
        return Verification.of(file, pulse).findings().stream()
                .map(finding -> observer.proof(
                        Level.valueOf(finding.level().name()),
                        finding.outcome() == Verification.Outcome.HOLDS,
                        finding.text()))
                .toList();
    }

    /** Only damage fails a level: a network that is down says nothing about the backup. */
    BackupProof damaged(CorruptSnapshotException e) {
        return observer.proof(Level.L4, false, e.found());
    }

    /** The bytes are those that were stored, but no etcd can be made of them. */
    BackupProof notRestored(CorruptSnapshotException e) {
        return observer.proof(Level.L5, false, e.found());
    }

    BackupProof readBack(Backup backup) {
        return observer.proof(
                Level.L4, true, "all " + backup.manifest().stored().bytes() + " bytes were read back");
    }

    /**
     * Asks live members.
     *
     * @throws K8sAwsException if fewer than two of them can be compared
     */
    BackupProof witnesses(Backup backup, List<? extends HashKvWitness> witnesses, Duration limit) {
        HashKv ours = backup.manifest().content().hashKv();
        long started = System.nanoTime();
        Set<String> same = new HashSet<>();
        List<String> others = new ArrayList<>();
        List<String> silent = new ArrayList<>();
        for (HashKvWitness witness : witnesses) {
            try {
                HashKv theirs = witness.hashKv(ours.revision(), limit.minusNanos(System.nanoTime() - started));
                if (theirs.compactRevision() != ours.compactRevision()) {
                    silent.add(witness.member() + " has compacted at " + theirs.compactRevision());
                } else if (theirs.hash() == ours.hash()) {
                    same.add(witness.member());
                } else {
                    others.add(witness.member() + " has hash " + theirs.hash());
                }
            } catch (K8sAwsException e) {
                silent.add(witness.member() + ": " + e.getMessage());
            }
        }
        if (!others.isEmpty() && (same.size() < 2 || same.size() <= others.size())) {
            return observer.proof(
                    Level.L3,
                    false,
                    "the backup has hash " + ours.hash() + " at revision " + ours.revision() + ", but "
                            + String.join(", ", others) + (same.isEmpty() ? "" : "; the same: " + sorted(same)));
        }
        if (same.size() < 2) {
            throw new K8sAwsException(
                    "Compare backup " + backup.id() + " with live members",
                    "two members are needed that have compacted as far as the backup, at "
                            + ours.compactRevision() + "; there are " + same.size()
                            + (silent.isEmpty() ? "" : " (" + String.join("; ", silent) + ")"),
                    "compare right after the backup, before history is compacted",
                    Map.of("revision", Long.toString(ours.revision())),
                    null);
        }
        return observer.proof(
                Level.L3,
                true,
                sorted(same) + " have hash " + ours.hash() + " at revision " + ours.revision()
                        + (others.isEmpty() ? "" : ", but " + String.join(", ", others) + ": look at that member"));
    }

    private static String sorted(Set<String> members) {
        return String.join(", ", members.stream().sorted().toList());
    }

    /** Compares what a scratch etcd says with what the backup is known to hold. A restore keeps HashKV. */
    BackupProof drilled(Backup backup, DrillResult result) {
        HashKv ours = backup.manifest().content().hashKv();
        long keys = backup.manifest().content().keys();
        List<String> problems = new ArrayList<>(result.problems());
        if (result.expected().revision() != ours.revision()
                || result.expected().hash() != ours.hash()
                || result.expected().keys() != keys) {
            problems.add("the drill was of another snapshot: the backup has " + keys + " keys, " + ours);
        }
        return observer.proof(
                Level.L5,
                problems.isEmpty(),
                "etcd " + result.etcdVersion() + " was restored in "
                        + result.took().toMillis() + " ms and has "
                        + result.found().keys() + " keys at revision "
                        + result.found().revision() + " with hash "
                        + result.found().hash()
                        + (problems.isEmpty() ? "" : "; " + String.join("; ", problems)));
    }
}
