package io.k8saws.etcd.backup;

import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.delta.Continuity.Gap;
import java.time.Duration;
import java.util.Optional;

/** Something that happened to a continuous backup. A minor release may add kinds. */
public sealed interface ContinuousEvent {
    /**
     * A new full snapshot was needed, and is stored.
     *
     * @param backup the backup; it counts
     * @param gap why changes could not go on from what was there; empty if nothing was there
     */
    record TookSnapshot(Backup backup, Optional<Gap> gap) implements ContinuousEvent {
        /** For example {@code stored a full snapshot, as changes could not go on (COMPACTED): payments/main ...}. */
        @Override
        public String toString() {
            return "stored a full snapshot"
                    + gap.map(why -> ", as changes could not go on (" + why + ")")
                            .orElse("") + ": " + backup;
        }
    }

    /**
     * A segment is stored, and was read back.
     *
     * @param segment what is in it
     */
    record StoredChanges(StoredSegment segment) implements ContinuousEvent {
        /** For example {@code stored changes: revisions 5001 to 5120, ...}. */
        @Override
        public String toString() {
            return "stored changes: " + segment;
        }
    }

    /**
     * Something failed. What was seen and is not stored is watched again.
     *
     * @param failures how many times in a row
     * @param cause why
     * @param pause after which it goes on
     */
    record Failed(int failures, K8sAwsException cause, Duration pause) implements ContinuousEvent {
        /** For example {@code failed, 2 in a row, and goes on in 4 s: Call etcd: ...}. */
        @Override
        public String toString() {
            return "failed, " + failures + " in a row, and goes on in " + pause.toSeconds() + " s: "
                    + cause.getMessage();
        }
    }

    /**
     * Another program has the work now.
     *
     * @param why what was found
     */
    record LostLeadership(String why) implements ContinuousEvent {
        /** That, and why. */
        @Override
        public String toString() {
            return "another program may have the work now: " + why;
        }
    }
}
