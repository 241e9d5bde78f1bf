package io.k8saws.etcd.backup;

import io.k8saws.etcd.backup.BackupProof.Level;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A backup that is in a store. Made by backups and found in lists alone. */
public final class Backup {
    private final BackupManifest manifest;
    private final List<BackupProof> laterProofs;

    Backup(BackupManifest manifest, List<BackupProof> laterProofs) {
        this.manifest = manifest;
        this.laterProofs = List.copyOf(laterProofs);
    }

    /**
     * The manifest.
     *
     * @return what is known of it
     */
    public BackupManifest manifest() {
        return manifest;
    }

    /**
     * What was proven since it was made.
     *
     * @return in the order in which the store got it: clocks of those who looked may differ
     */
    public List<BackupProof> laterProofs() {
        return laterProofs;
    }

    /**
     * The id.
     *
     * @return unique in its cluster; ids are in the order of time
     */
    public String id() {
        return manifest.id();
    }

    /**
     * All proofs, those of its making and those since.
     *
     * @return those of its making first, then in the order in which the store got them
     */
    public List<BackupProof> proofs() {
        List<BackupProof> all = new ArrayList<>(manifest.proofs());
        all.addAll(laterProofs);
        return all;
    }

    /**
     * The newest proof of a level.
     *
     * @param level the level
     * @return the proof; empty if nobody has looked
     */
    public Optional<BackupProof> proof(Level level) {
        return Optional.ofNullable(newest().get(level));
    }

    private Map<Level, BackupProof> newest() {
        Map<Level, BackupProof> newest = new EnumMap<>(Level.class);
        proofs().forEach(proof -> newest.put(proof.level(), proof));
        return newest;
    }

    /**
     * Whether it counts as a backup: its content was proven (L2), what is stored was read back (L4), and the last look at no level failed.
     *
     * @return false for one that nobody should rely on
     */
    public boolean counts() {
        Map<Level, BackupProof> newest = newest();
        return newest.containsKey(Level.L2)
                && newest.containsKey(Level.L4)
                && newest.values().stream().allMatch(BackupProof::holds);
    }

    /** Whether it would count if members had not been asked: one of them may be wrong, and the backup right. */
    boolean doubted() {
        Map<Level, BackupProof> newest = newest();
        BackupProof witnesses = newest.remove(Level.L3);
        return witnesses != null
                && !witnesses.holds()
                && newest.containsKey(Level.L2)
                && newest.containsKey(Level.L4)
                && newest.values().stream().allMatch(BackupProof::holds);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Backup backup
                && backup.manifest.equals(manifest)
                && backup.laterProofs.equals(laterProofs);
    }

    @Override
    public int hashCode() {
        return Objects.hash(manifest, laterProofs);
    }

    /** In one line: id, revision, sizes, what it was proven to be. */
    @Override
    public String toString() {
        StringBuilder levels = new StringBuilder();
        newest().forEach((level, proof) -> levels.append(' ').append(level).append(proof.holds() ? "" : "!"));
        return String.format(
                Locale.ROOT,
                "%s/%s %s revision %,d, %,d bytes, stored %,d,%s%s",
                manifest.cluster(),
                manifest.etcd(),
                id(),
                manifest.content().revision(),
                manifest.content().bytes(),
                manifest.stored().bytes(),
                levels,
                counts() ? "" : ", does not count");
    }
}
