package io.k8saws.etcd.backup;

import java.time.Instant;

/**
 * One look at a backup, and what came out. Proofs are only added, never changed: that of a level which the store got last counts.
 *
 * @param level what was looked at
 * @param holds whether it holds
 * @param text what was found, in a line
 * @param by who looked: user and host
 * @param at when, by the clock of who looked
 * @param tool the program that looked, with its version
 */
public record BackupProof(Level level, boolean holds, String text, String by, Instant at, String tool) {
    /** What can be proven of a backup. The first three are those of {@link io.k8saws.etcd.snapshot.Verification.Level}. */
    public enum Level {
        /** The bytes are those that the server sent. */
        L0("bytes"),
        /** The structure is sound. */
        L1("structure"),
        /** The content is sound. */
        L2("content"),
        /** At least two live members, and more than have another one, have the same history, by HashKV at the backup's revision. */
        L3("witnesses"),
        /** What is stored was read back: all bytes, decrypted, decompressed, and L0 of them again. Right after it was written, the store's own checksum, too. */
        L4("read back"),
        /** A scratch etcd was restored from it and has the same data. */
        L5("drill");

        private final String about;

        Level(String about) {
            this.about = about;
        }

        /**
         * What it is about, in a word or two.
         *
         * @return for example {@code content}
         */
        public String about() {
            return about;
        }
    }

    @Override
    public String toString() {
        return level + " " + level.about() + (holds ? " holds: " : " FAILS: ") + text + " (" + at + ", " + by + ")";
    }
}
