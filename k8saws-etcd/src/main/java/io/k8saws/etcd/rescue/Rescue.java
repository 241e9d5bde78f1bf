package io.k8saws.etcd.rescue;

import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.Etcd;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.etcd.snapshot.Verification;
import io.k8saws.etcd.snapshot.Verification.Level;
import io.k8saws.progress.ProgressListener;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes some keys of a snapshot back into a live etcd, while its API servers serve. Immutable.
 *
 * <pre>{@code
 * try (SnapshotFile snapshot = SnapshotFile.open(file); Etcd etcd = Etcd.at("http://127.0.0.1:2379")) {
 *     Rescue rescue = Rescue.of(Selection.ofNamespace("shop"), snapshot, etcd);
 *     RescuePlan plan = rescue.plan();
 *     System.out.println(plan);
 *     System.out.println(rescue.apply(plan, Duration.ofMinutes(5)));
 * }
 * }</pre>
 *
 * <p>Values are written as they are in the snapshot, so objects keep their uid and owners. Each key is written only while it is as the plan saw it. Snapshot and etcd stay open as long as this is used.
 */
public final class Rescue {
    private final Selection selection;
    private final SnapshotFile snapshot;
    private final Etcd etcd;
    private final Options options;

    /** What users may say; revision {@code Long.MAX_VALUE} is the newest. */
    record Options(
            long revision,
            boolean deletes,
            boolean shortLived,
            boolean takesDatabase,
            Set<String> trustedKeys,
            ProgressListener progress) {}

    private Rescue(Selection selection, SnapshotFile snapshot, Etcd etcd, Options options) {
        this.selection = selection;
        this.snapshot = snapshot;
        this.etcd = etcd;
        this.options = options;
    }

    /**
     * Describes a rescue. Reads nothing yet.
     *
     * @param selection which keys
     * @param snapshot where they come from
     * @param etcd where they go to
     * @return the rescue, of the snapshot's newest revision
     */
    public static Rescue of(Selection selection, SnapshotFile snapshot, Etcd etcd) {
        return new Rescue(
                Objects.requireNonNull(selection, "selection"),
                snapshot,
                etcd,
                new Options(Long.MAX_VALUE, false, false, false, Set.of(), ProgressListener.silent()));
    }

    /**
     * Takes the keys as they were at an earlier revision.
     *
     * @param revision from the snapshot's compaction to its revision
     * @return a copy
     */
    public Rescue atRevision(long revision) {
        return with(new Options(
                revision,
                options.deletes(),
                options.shortLived(),
                options.takesDatabase(),
                options.trustedKeys(),
                options.progress()));
    }

    /**
     * Also deletes chosen keys that the snapshot does not have: what came since. No finalizer and no controller is asked.
     *
     * @return a copy
     */
    public Rescue deletingWhatCameSince() {
        return with(new Options(
                options.revision(),
                true,
                options.shortLived(),
                options.takesDatabase(),
                options.trustedKeys(),
                options.progress()));
    }

    /**
     * Also takes Events, which live for one hour more, and Leases of Kubernetes.
     *
     * @return a copy
     */
    public Rescue includingShortLived() {
        return with(new Options(
                options.revision(),
                options.deletes(),
                true,
                options.takesDatabase(),
                options.trustedKeys(),
                options.progress()));
    }

    /**
     * Takes values that are encrypted by a key, although no live value of their kind is. Say so when the live API servers have that key in their {@code EncryptionConfiguration}: one value that they
     * cannot decrypt makes each list of its kind fail.
     *
     * @param provider such as {@code aescbc}
     * @param key the key's name
     * @return a copy
     */
    public Rescue trustingKey(String provider, String key) {
        Set<String> keys = new TreeSet<>(options.trustedKeys());
        keys.add("encrypted by " + provider + ", key " + key);
        return with(new Options(
                options.revision(),
                options.deletes(),
                options.shortLived(),
                options.takesDatabase(),
                Collections.unmodifiableSet(keys),
                options.progress()));
    }

    /**
     * Takes a copy of a member's {@code member/snap/db}, of which nothing proves that its bytes are those that etcd wrote.
     *
     * @return a copy
     */
    public Rescue takingDatabase() {
        return with(new Options(
                options.revision(),
                options.deletes(),
                options.shortLived(),
                true,
                options.trustedKeys(),
                options.progress()));
    }

    /**
     * Tells of what is written.
     *
     * @param listener hears of each transaction
     * @return a copy
     */
    public Rescue withProgress(ProgressListener listener) {
        return with(new Options(
                options.revision(),
                options.deletes(),
                options.shortLived(),
                options.takesDatabase(),
                options.trustedKeys(),
                Objects.requireNonNull(listener, "listener")));
    }

    private Rescue with(Options changed) {
        return new Rescue(selection, snapshot, etcd, changed);
    }

    /**
     * Proves the snapshot, then compares the chosen keys with the live ones at one revision. Reads both from front to back, and changes nothing: this is the dry run.
     *
     * @return what {@link #apply} would do
     * @throws RescueRefusedException if the snapshot, at that revision, has nothing of a namespace, a kind or a prefix that is named. The plan only says so of a kind that Kubernetes or the
     *     snapshot defines while another one has objects, and with {@link #deletingWhatCameSince}. Also if nothing is chosen but keys that API servers keep for themselves, such as
     *     {@code /registry/ranges/serviceips}; where others are chosen, too, the plan leaves these behind and says how many
     * @throws io.k8saws.error.CorruptSnapshotException if the snapshot is not whole
     * @throws IllegalArgumentException if the revision was compacted away
     * @throws io.k8saws.error.EtcdCallException if the live keys cannot be read
     */
    public RescuePlan plan() {
        Verification verification = snapshot.verify();
        if (!options.takesDatabase()) {
            verification.requireHolds(Level.L0);
        }
        verification.requireHolds(Level.L2);
        return new Comparison(selection, snapshot, etcd, options).plan();
    }

    /**
     * Writes what a plan shows, in transactions of at most 128 keys and about 1 MiB. A key that is no longer as the plan saw it is refused, and nothing else is. Safe to repeat, with the same plan, after it
     * was cut off anywhere: what is written already is seen and counts as done.
     *
     * @param plan made by this or an equal rescue
     * @param limit how long at most; checked before each transaction
     * @return what came of each key
     * @throws RescueException if it stopped before its end
     * @throws K8sAwsException if the plan is of another snapshot, revision or selection, or for another cluster; nothing was written
     */
    public RescueReport apply(RescuePlan plan, Duration limit) {
        requireOwn(plan);
        return new RescueRun(plan, snapshot, etcd, options.progress(), limit).run();
    }

    /** A key that the plan saw nowhere is created, so a plan that was made for another etcd would fill this one. */
    private void requireOwn(RescuePlan plan) {
        long source = Math.min(options.revision(), snapshot.revision());
        String found = "";
        if (!plan.selection().equals(selection)) {
            found = "it is of " + plan.selection() + ", and this rescue is of " + selection;
        } else if (!plan.fingerprint().equals(snapshot.fingerprint())) {
            found = "it is of snapshot " + plan.fingerprint() + ", and " + snapshot.path() + " is "
                    + snapshot.fingerprint();
        } else if (plan.source() != source) {
            found = "it is of revision " + plan.source() + ", and this rescue is of " + source;
        } else {
            String live = etcd.clusterId();
            if (!plan.clusterId().equals(live)) {
                found = "it is for etcd cluster " + plan.clusterId() + ", and this is " + live;
            }
        }
        if (!found.isEmpty()) {
            throw new K8sAwsException(
                    "Apply the plan to rescue " + plan.selection() + " from " + plan.snapshot(),
                    found,
                    "plan again, and look at the plan",
                    Map.of("cluster", plan.clusterId()),
                    null);
        }
    }

    static String name(SnapshotFile snapshot) {
        return String.valueOf(snapshot.path().getFileName());
    }

    /** What is rescued, from where, to where. */
    @Override
    public String toString() {
        return "rescue of " + selection + " from " + snapshot + " into " + etcd;
    }
}
