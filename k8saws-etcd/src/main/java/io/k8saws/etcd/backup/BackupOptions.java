package io.k8saws.etcd.backup;

import io.k8saws.etcd.envelope.Compression;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * How one backup is made. Immutable; {@link #defaults()} suits most.
 *
 * @param etcd which etcd of the cluster it is of, such as {@code main} or {@code events}
 * @param compression how it is compressed
 * @param spoolDirectory where the snapshot is received; needs room for the whole database, and holds all its secrets until the end
 * @param spoolLimit how many bytes may be received at most; empty for as many as the disk has room for
 * @param kubernetesVersion the version of Kubernetes that wrote it, which gives way to what the source says; empty if it says it, or nobody knows
 * @param atRestKeys keys of encryption at rest with their fingerprints, which must be those that the source says; what it says more is added, and names that are found in the values
 * @param set the set that it belongs to; empty for none
 */
public record BackupOptions(
        String etcd,
        Compression compression,
        Path spoolDirectory,
        OptionalLong spoolLimit,
        String kubernetesVersion,
        List<AtRestKey> atRestKeys,
        String set) {
    /** Makes a copy of the list. */
    public BackupOptions {
        Layout.requireName("etcd", etcd);
        atRestKeys = List.copyOf(atRestKeys);
    }

    /**
     * The etcd {@code main}, zstd, the system's directory for temporary files.
     *
     * @return the options
     */
    public static BackupOptions defaults() {
        return new BackupOptions(
                "main",
                Compression.ZSTD,
                Path.of(System.getProperty("java.io.tmpdir")),
                OptionalLong.empty(),
                "",
                List.of(),
                "");
    }

    /**
     * A copy for another etcd of the cluster.
     *
     * @param name letters, digits and hyphens
     * @return the copy
     */
    public BackupOptions withEtcd(String name) {
        return new BackupOptions(name, compression, spoolDirectory, spoolLimit, kubernetesVersion, atRestKeys, set);
    }

    /**
     * A copy with another compression.
     *
     * @param how the compression
     * @return the copy
     */
    public BackupOptions withCompression(Compression how) {
        return new BackupOptions(etcd, how, spoolDirectory, spoolLimit, kubernetesVersion, atRestKeys, set);
    }

    /**
     * A copy that receives elsewhere.
     *
     * @param directory made when it is not there
     * @return the copy
     */
    public BackupOptions withSpoolDirectory(Path directory) {
        return new BackupOptions(etcd, compression, directory, spoolLimit, kubernetesVersion, atRestKeys, set);
    }

    /**
     * A copy that receives no more than so much.
     *
     * @param bytes above 0
     * @return the copy
     */
    public BackupOptions withSpoolLimit(long bytes) {
        return new BackupOptions(
                etcd, compression, spoolDirectory, OptionalLong.of(bytes), kubernetesVersion, atRestKeys, set);
    }

    /**
     * A copy that names the version of Kubernetes.
     *
     * @param version for example {@code v1.36.1}
     * @return the copy
     */
    public BackupOptions withKubernetesVersion(String version) {
        return new BackupOptions(etcd, compression, spoolDirectory, spoolLimit, version, atRestKeys, set);
    }

    /**
     * A copy that names keys of encryption at rest.
     *
     * @param keys the keys, by name and fingerprint, never the key itself
     * @return the copy
     * @throws IllegalArgumentException if a fingerprint has the form of a key: 32 bytes in base64
     */
    public BackupOptions withAtRestKeys(List<AtRestKey> keys) {
        return new BackupOptions(
                etcd,
                compression,
                spoolDirectory,
                spoolLimit,
                kubernetesVersion,
                KubernetesFacts.requireNoKeys(keys),
                set);
    }

    BackupOptions withSet(String id) {
        return new BackupOptions(etcd, compression, spoolDirectory, spoolLimit, kubernetesVersion, atRestKeys, id);
    }
}
