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
    record TookSnapshot(Backup backup, Optional<Gap> gap) implements ContinuousEvent {}

    /**
     * A segment is stored, and was read back.
     *
     * @param segment what is in it
     */
    record StoredChanges(StoredSegment segment) implements ContinuousEvent {}

    /**
     * Something failed. What was seen and is not stored is watched again.
     *
     * @param failures how many times in a row
     * @param cause why
     * @param pause after which it goes on
     */
    record Failed(int failures, K8sAwsException cause, Duration pause) implements ContinuousEvent {}

    /**
     * Another program has the work now.
     *
     * @param why what was found
     */
    record LostLeadership(String why) implements ContinuousEvent {}
}
