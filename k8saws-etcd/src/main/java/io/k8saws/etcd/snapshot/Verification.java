package io.k8saws.etcd.snapshot;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a snapshot can be trusted, as a value: one finding for each level of the ladder. Levels do not build on each other: a copy of a member's database has no SHA-256,
 * so L0 does not hold, and may be sound all the same.
 *
 * @param file the file
 * @param size its length in bytes
 * @param findings one for each level, in order
 * @param counts what was counted; zeros for what was not reached
 */
public record Verification(Path file, long size, List<Finding> findings, Counts counts) {
    /** What can be proven with the file alone. */
    public enum Level {
        /** The bytes are those that the server sent: exact length, and the SHA-256 behind the pages. */
        L0("bytes"),
        /** The structure is sound: both meta pages, each page used once, all bounds, all keys in order, free pages. */
        L1("structure"),
        /** The content is sound: every row, revision, lease, member, user, role and alarm can be decoded and is consistent. */
        L2("content");

        private final String about;

        Level(String about) {
            this.about = about;
        }

        /**
         * What it is about, in a word.
         *
         * @return a noun
         */
        public String about() {
            return about;
        }
    }

    /** What came out. */
    public enum Outcome {
        /** It holds. */
        HOLDS,
        /** It does not. */
        FAILS,
        /** It was not looked at, because what it needs fails. */
        UNKNOWN
    }

    /**
     * What was found on one level.
     *
     * @param level the level
     * @param outcome what came out
     * @param text why, as a clause
     * @param offset where in the file the first damage lies; empty if there is none
     * @param page the page that it is in; empty if there is none or it is not known
     */
    public record Finding(Level level, Outcome outcome, String text, OptionalLong offset, OptionalLong page) {
        static Finding holds(Level level, String text) {
            return new Finding(level, Outcome.HOLDS, text, OptionalLong.empty(), OptionalLong.empty());
        }

        static Finding fails(Level level, String text, long offset) {
            return new Finding(level, Outcome.FAILS, text, OptionalLong.of(offset), OptionalLong.empty());
        }

        static Finding fails(Level level, CorruptSnapshotException e) {
            return new Finding(level, Outcome.FAILS, e.found(), OptionalLong.of(e.offset()), e.page());
        }

        static Finding unknown(Level level, Level needed) {
            return new Finding(
                    level,
                    Outcome.UNKNOWN,
                    "not looked at, because " + needed + " fails",
                    OptionalLong.empty(),
                    OptionalLong.empty());
        }

        /** One line, without a line break. */
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(String.format(
                    Locale.ROOT,
                    "%s %-9s %-7s  %s",
                    level,
                    level.about(),
                    outcome.toString().toLowerCase(Locale.ROOT),
                    this.text));
            offset.ifPresent(at -> text.append(" [offset=").append(at));
            page.ifPresent(number -> text.append(" page=").append(number));
            return text.append(offset.isPresent() ? "]" : "").toString();
        }
    }

    /**
     * What was counted.
     *
     * @param pages pages in use, free ones included
     * @param branchPages branch pages
     * @param leafPages leaf pages, those inside others included
     * @param freePages pages that nothing uses
     * @param buckets buckets
     * @param changes rows of the history
     * @param deletions rows that are deletions
     * @param keys live keys
     * @param keysWithLease live keys that end with a lease
     * @param leases leases
     * @param members members
     */
    public record Counts(
            long pages,
            long branchPages,
            long leafPages,
            long freePages,
            long buckets,
            long changes,
            long deletions,
            long keys,
            long keysWithLease,
            long leases,
            long members) {
        static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** Makes a copy of the list. */
    public Verification {
        findings = List.copyOf(findings);
    }

    /**
     * Verifies a file that may be anything at all.
     *
     * @param file a file
     * @return what holds and what does not; never throws for damage
     * @throws K8sAwsException if it cannot be read
     */
    public static Verification of(Path file) {
        return of(file, () -> {});
    }

    /**
     * Verifies a file that may be anything at all, as long as there is time.
     *
     * @param file a file
     * @param pulse throws to stop, see {@link SnapshotFile#open(Path, Runnable)}
     * @return what holds and what does not; never throws for damage
     * @throws K8sAwsException if it cannot be read
     */
    public static Verification of(Path file, Runnable pulse) {
        try (SnapshotFile snapshot = SnapshotFile.open(file, pulse)) {
            return snapshot.verify();
        } catch (CorruptSnapshotException e) {
            return Verifier.unreadable(file, e);
        }
    }

    /**
     * Whether a level holds.
     *
     * @param level a level
     * @return false, too, if it was not looked at
     */
    public boolean holds(Level level) {
        return finding(level).outcome() == Outcome.HOLDS;
    }

    /**
     * Whether all levels hold.
     *
     * @return true for a file that is what the server sent, and sound
     */
    public boolean holds() {
        return firstFailure().isEmpty();
    }

    /**
     * What was found on a level.
     *
     * @param level a level
     * @return the finding
     */
    public Finding finding(Level level) {
        return findings.get(level.ordinal());
    }

    /**
     * What failed first.
     *
     * @return the finding of the lowest level that fails; empty if all hold
     */
    public Optional<Finding> firstFailure() {
        return findings.stream()
                .filter(finding -> finding.outcome() == Outcome.FAILS)
                .findFirst();
    }

    /**
     * Goes on only if a level holds.
     *
     * @param level a level
     * @return this
     * @throws CorruptSnapshotException if it does not
     */
    public Verification requireHolds(Level level) {
        if (!holds(level)) {
            Finding why = finding(level).outcome() == Outcome.FAILS
                    ? finding(level)
                    : firstFailure().orElse(finding(level));
            throw new CorruptSnapshotException(
                    file.toString(),
                    why.offset().orElse(0),
                    why.page().orElse(CorruptSnapshotException.NO_PAGE),
                    why.level() + " (" + why.level().about() + ") does not hold: " + why.text(),
                    "a file on which " + level + " holds");
        }
        return this;
    }

    /** A line for the file and one for each level. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%s, %,d bytes", file, size));
        findings.forEach(finding -> text.append("\n  ").append(finding));
        return text.toString();
    }
}
