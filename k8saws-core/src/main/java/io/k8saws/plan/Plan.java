package io.k8saws.plan;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.Pins;
import io.k8saws.internal.text.Sha256;
import io.k8saws.pki.KeyRing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What an apply would do, as an immutable value: made by reading only, comparable, printable, saved and loaded as JSON. Two plans made from the same
 * spec and the same world are equal. Apply refuses a plan when the world has moved so that something would happen that the plan does not show.
 *
 * @param purpose what the plan is for
 * @param cluster the cluster's name
 * @param region the AWS region
 * @param account the AWS account id; another account refuses the plan
 * @param spec the wanted cluster; for {@link Purpose#DESTROY} the last applied one, empty when none is known
 * @param baseSerial the serial of the cluster's state that the plan was made on, 0 when there was none
 * @param changes what changes, each after those it waits for
 * @param unchanged how many resources are as they should be
 * @param foreign what was found that is not ours; reported, never changed
 * @param pins what was looked up for the spec, such as the hashes of programs; the apply uses these
 * @param keys which of the cluster's keys are used, and how far each rotation is; the apply saves this before it changes anything
 */
public record Plan(
        Purpose purpose,
        String cluster,
        String region,
        String account,
        Optional<ClusterSpec> spec,
        long baseSerial,
        List<Change> changes,
        int unchanged,
        List<Foreign> foreign,
        Pins pins,
        KeyRing keys) {

    /** What a plan is for. */
    public enum Purpose {
        /** Makes the world match a spec. */
        CONVERGE,
        /** Deletes everything that the cluster owns. */
        DESTROY
    }

    /** Copies the lists and checks that nothing is null. */
    public Plan {
        Objects.requireNonNull(purpose, "purpose");
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(region, "region");
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(spec, "spec");
        changes = List.copyOf(changes);
        foreign = List.copyOf(foreign);
        Objects.requireNonNull(pins, "pins");
        Objects.requireNonNull(keys, "keys");
    }

    /** A plan for which nothing was looked up. */
    public Plan(
            Purpose purpose,
            String cluster,
            String region,
            String account,
            Optional<ClusterSpec> spec,
            long baseSerial,
            List<Change> changes,
            int unchanged,
            List<Foreign> foreign) {
        this(purpose, cluster, region, account, spec, baseSerial, changes, unchanged, foreign, Pins.none());
    }

    /** A plan for a cluster of which no key was ever rotated. */
    public Plan(
            Purpose purpose,
            String cluster,
            String region,
            String account,
            Optional<ClusterSpec> spec,
            long baseSerial,
            List<Change> changes,
            int unchanged,
            List<Foreign> foreign,
            Pins pins) {
        this(purpose, cluster, region, account, spec, baseSerial, changes, unchanged, foreign, pins, KeyRing.first());
    }

    /**
     * A short name for the plan, made from its content: equal plans have equal ids.
     *
     * @return eight hexadecimal digits
     */
    public String id() {
        return id(PlanJson.content(this));
    }

    static String id(String content) {
        return Sha256.hex(content).substring(0, 8);
    }

    /**
     * Tells whether there is nothing to do.
     *
     * @return true when the plan holds no change
     */
    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /**
     * The changes with one action.
     *
     * @param action which action
     * @return the matching changes in the plan's order
     */
    public List<Change> changes(Action action) {
        return changes.stream().filter(change -> change.action() == action).toList();
    }

    /**
     * The change of one resource.
     *
     * @param resource which resource
     * @return its change, or empty when the plan leaves it alone
     */
    public Optional<Change> change(ResourceAddress resource) {
        return changes.stream()
                .filter(change -> change.resource().equals(resource))
                .findFirst();
    }

    /**
     * The highest risk among the changes.
     *
     * @return {@link Risk#SAFE} when the plan is empty
     */
    public Risk risk() {
        return changes.stream().map(Change::risk).max(Risk::compareTo).orElse(Risk.SAFE);
    }

    /**
     * Guards against deleting stored bytes.
     *
     * @return this plan
     * @throws PlanRefusedException if a change has {@link Risk#DATA_LOSS}; the message lists all of them
     */
    public Plan requireNoDataLoss() {
        return require("no data loss", change -> change.risk() != Risk.DATA_LOSS);
    }

    /**
     * Guards against replacing a resource.
     *
     * @return this plan
     * @throws PlanRefusedException if a change is a {@link Action#REPLACE}; the message lists all of them
     */
    public Plan requireNoReplacements() {
        return require("no replacements", change -> change.action() != Action.REPLACE);
    }

    /**
     * Guards against deleting anything, replacements included.
     *
     * @return this plan
     * @throws PlanRefusedException if a change deletes or replaces; the message lists all of them
     */
    public Plan requireNoDeletions() {
        return require("no deletions", change -> change.action() != Action.DELETE && change.action() != Action.REPLACE);
    }

    /**
     * Guards against changes above a risk.
     *
     * @param highest the highest risk to accept
     * @return this plan
     * @throws PlanRefusedException if a change is riskier; the message lists all of them
     */
    public Plan requireAtMost(Risk highest) {
        return require("at most " + highest, change -> change.risk().compareTo(highest) <= 0);
    }

    /**
     * Guards against taking more etcd members their data at once than their cluster can lose: of {@code n} members {@code (n - 1) / 2}. With more of their disks
     * replaced, or deleted because there are to be fewer members, the data of the whole cluster is gone. Every apply asks for this by itself. That a whole
     * cluster for events is no longer wanted is for {@link #requireNoDataLoss()}.
     *
     * @return this plan
     * @throws PlanRefusedException if too many disks go; the message lists all of them
     */
    public Plan requireEtcdQuorum() {
        int members = spec.map(wanted -> wanted.etcd().members()).orElse(0);
        boolean events = spec.flatMap(wanted -> wanted.etcd().events()).isPresent();
        List<Change> refused = EtcdDisks.beyondQuorum(changes, members, events ? members : 0);
        if (!refused.isEmpty()) {
            throw new PlanRefusedException(
                    this,
                    "etcd's quorum",
                    refused,
                    "leave members where they are, with etcd.zones, and their disks with the same key; or move or remove one member"
                            + " an apply, and wait until it has caught up before the next");
        }
        return this;
    }

    /**
     * Guards against any change; for checks that a cluster is as its spec says.
     *
     * @return this plan
     * @throws PlanRefusedException if the plan is not empty
     */
    public Plan requireEmpty() {
        return require("no changes", change -> false);
    }

    private Plan require(String guard, Predicate<Change> accepted) {
        List<Change> refused = changes.stream().filter(accepted.negate()).toList();
        if (!refused.isEmpty()) {
            throw new PlanRefusedException(this, guard, refused);
        }
        return this;
    }

    /**
     * The plan as JSON: everything that apply needs, with a format version. Load it again with {@link #fromJson(String)}.
     *
     * @return a JSON object, indented, in a stable order
     */
    public String toJson() {
        return PlanJson.write(this);
    }

    /**
     * Reads a plan that {@link #toJson()} wrote.
     *
     * @param json the JSON text
     * @return an equal plan
     * @throws IllegalArgumentException if the text is not a plan of a known format version
     */
    public static Plan fromJson(String json) {
        return PlanJson.read(json);
    }

    /**
     * Writes the JSON form to a file.
     *
     * @param file the file to write; replaced if it exists
     * @return this plan
     * @throws UncheckedIOException if the file cannot be written
     */
    public Plan save(Path file) {
        return write(file, toJson());
    }

    /**
     * Reads a plan that {@link #save(Path)} wrote.
     *
     * @param file the file to read
     * @return an equal plan
     * @throws UncheckedIOException if the file cannot be read
     * @throws IllegalArgumentException if the file is not a plan of a known format version
     */
    public static Plan load(Path file) {
        try {
            return fromJson(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("Load a plan from " + file + ": " + e.getMessage() + ".", e);
        }
    }

    /**
     * The plan as a Mermaid flow chart of the changes and what waits for what.
     *
     * @return Mermaid source, beginning with {@code flowchart LR}
     */
    public String toMermaid() {
        return PlanMermaid.render(this);
    }

    /**
     * The plan as one self-contained HTML page with the cluster's topology as SVG; it needs no network and is readable in light and dark.
     *
     * @return an HTML document
     */
    public String toHtml() {
        return PlanHtml.render(this);
    }

    /**
     * Writes {@link #toHtml()} to a file.
     *
     * @param file the file to write; replaced if it exists
     * @return this plan
     * @throws UncheckedIOException if the file cannot be written
     */
    public Plan saveHtml(Path file) {
        return write(file, toHtml());
    }

    private Plan write(Path file, String text) {
        try {
            Files.writeString(file, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("Save plan " + id() + " to " + file + ": " + e.getMessage() + ".", e);
        }
    }

    /** The whole plan as aligned text, in a stable order. */
    @Override
    public String toString() {
        return PlanText.render(this);
    }
}
