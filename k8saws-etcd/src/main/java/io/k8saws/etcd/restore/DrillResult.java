package io.k8saws.etcd.restore;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a restore drill has found.
 *
 * @param snapshot the file
 * @param etcdVersion the etcd that was started
 * @param expected what the snapshot holds
 * @param found what the started etcd holds
 * @param wrote how long the data directory took to be written and proven
 * @param took how long it took until etcd answered
 * @param problems what is not as it should be; empty when the backup is good
 */
public record DrillResult(
        Path snapshot,
        String etcdVersion,
        Content expected,
        Content found,
        Duration wrote,
        Duration took,
        List<String> problems) {
    /** Copies the list. */
    public DrillResult {
        problems = List.copyOf(problems);
    }

    /**
     * What an etcd holds.
     *
     * @param revision its newest revision
     * @param keys how many keys are live at the snapshot's revision
     * @param hash HashKV at the snapshot's revision
     */
    public record Content(long revision, long keys, long hash) {}

    static DrillResult of(
            Path snapshot, String version, Content expected, Content found, Duration wrote, Duration took) {
        List<String> problems = new ArrayList<>();
        // a lease that ends while etcd runs adds revisions
        if (found.revision() < expected.revision()) {
            problems.add("etcd is at revision " + found.revision() + ", the snapshot at " + expected.revision());
        }
        if (found.keys() != expected.keys()) {
            problems.add("etcd has " + found.keys() + " keys, the snapshot " + expected.keys());
        }
        if (found.hash() != expected.hash()) {
            problems.add("etcd's keys hash to " + found.hash() + ", the snapshot's to " + expected.hash());
        }
        return new DrillResult(snapshot, version, expected, found, wrote, took, problems);
    }

    /**
     * Whether the backup was restored, and holds what it should.
     *
     * @return true when there are no problems
     */
    public boolean restored() {
        return problems.isEmpty();
    }

    /** One line. */
    @Override
    public String toString() {
        return snapshot + " with etcd " + etcdVersion + ": " + (restored() ? "restored" : String.join("; ", problems))
                + ", " + found.keys() + " keys, revision " + found.revision() + ", hash " + found.hash()
                + ", answered after "
                + took.toMillis() + " ms";
    }
}
