package io.k8saws.etcd.restore;

import io.k8saws.error.K8sAwsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A member on this machine: for drills, tests, and a program that runs beside etcd. The new directory is prepared inside the data directory, so that it is on the same disk. */
public final class LocalHost implements MemberHost {
    /** Segments are compressed; what Kubernetes stores takes about this many times their size. */
    private static final int DELTA_FACTOR = 8;

    private final String member;
    private final Path dataDirectory;
    private final MemberProcess process;

    private LocalHost(String member, Path dataDirectory, MemberProcess process) {
        this.member = member;
        this.dataDirectory = dataDirectory;
        this.process = process;
    }

    /**
     * A member on this machine.
     *
     * @param member its name
     * @param dataDirectory its data directory, which need not be there
     * @param process its etcd
     * @return the host
     */
    public static LocalHost of(String member, Path dataDirectory, MemberProcess process) {
        return new LocalHost(member, dataDirectory, process);
    }

    private Path prepared(NewCluster cluster) {
        return dataDirectory.resolve("restored-" + cluster.clusterId());
    }

    @Override
    public String member() {
        return member;
    }

    @Override
    public Object place() {
        return dataDirectory.toAbsolutePath().normalize();
    }

    @Override
    public Optional<Object> disk() {
        Path there = dataDirectory.toAbsolutePath();
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        try {
            return there == null ? Optional.empty() : Optional.of(Files.getFileStore(there));
        } catch (IOException e) {
            return Optional.empty(); // what it has left cannot be seen either, and facts says so
        }
    }

    @Override
    public HostFacts facts(NewCluster cluster, Duration limit) {
        DataDirectory current = new DataDirectory(dataDirectory);
        return new HostFacts(
                process.version(),
                process.isRunning(),
                current.isOccupied(),
                current.clusterId(),
                new DataDirectory(prepared(cluster)).clusterId(),
                noted(prepared(cluster)),
                current.freeBytes());
    }

    /** The note stays when the directory has taken its place. */
    private static String noted(Path prepared) {
        try {
            return Files.exists(note(prepared)) ? Files.readString(note(prepared)) : "";
        } catch (IOException e) {
            throw failed(prepared, e);
        }
    }

    @Override
    public long roomFor(SnapshotRestore restore, long size) {
        long deltas = restore.deltas().stream().mapToLong(LocalHost::length).sum();
        return size + DELTA_FACTOR * deltas;
    }

    private static long length(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    @Override
    public void prepare(SnapshotRestore restore, Duration limit) {
        HostFacts facts = facts(restore.cluster(), limit);
        String wanted = restore.cluster().clusterId();
        Path prepared = prepared(restore.cluster());
        if (facts.clusterId().equals(wanted)) {
            if (!facts.restoredFrom().equals(restore.fingerprint())) {
                throw another(dataDirectory);
            }
            return;
        }
        if (facts.preparedClusterId().equals(wanted)) {
            requireSame(restore, prepared, facts.restoredFrom());
            return;
        }
        write(restore, prepared);
    }

    private void write(SnapshotRestore restore, Path prepared) {
        restore.write(member, prepared);
        handOver(prepared);
        write(note(prepared), restore.fingerprint());
    }

    /** What root has written, an etcd of another user could not read. */
    private void handOver(Path prepared) {
        Path current = dataDirectory.resolve("member");
        try (Stream<Path> written = Files.walk(prepared)) {
            PosixFileAttributes owner =
                    Files.readAttributes(Files.exists(current) ? current : dataDirectory, PosixFileAttributes.class);
            for (Path file : written.toList()) {
                PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
                PosixFileAttributes now = view.readAttributes();
                if (!now.owner().equals(owner.owner())) {
                    view.setOwner(owner.owner());
                }
                if (!now.group().equals(owner.group())) {
                    view.setGroup(owner.group());
                }
            }
        } catch (IOException e) {
            throw failed(prepared, e);
        }
    }

    private K8sAwsException another(Path where) {
        return new K8sAwsException(
                "Prepare member " + member,
                "another restore with the same token is in " + where,
                "take a new token, or move that directory away");
    }

    private void requireSame(SnapshotRestore restore, Path prepared, String noted) {
        if (noted.isEmpty()) {
            // the run that prepared it was cut off before it could say so: it may be of anything
            try {
                Files.move(prepared, prepared.resolveSibling(prepared.getFileName() + ".unknown-" + System.nanoTime()));
            } catch (IOException e) {
                throw failed(prepared, e);
            }
            write(restore, prepared);
        } else if (!noted.equals(restore.fingerprint())) {
            throw another(prepared);
        }
    }

    private static Path note(Path prepared) {
        return prepared.resolveSibling(prepared.getFileName() + ".txt");
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static K8sAwsException failed(Path file, IOException e) {
        return new K8sAwsException(
                "Prepare " + file, "the system says: " + e, "make room, and restore again", Map.of(), e);
    }

    @Override
    public void stop(Duration limit) {
        if (process.isRunning()) {
            process.stop(limit);
        }
    }

    @Override
    public void swap(NewCluster cluster, Duration limit) {
        DataDirectory current = new DataDirectory(dataDirectory);
        if (current.clusterId().equals(cluster.clusterId())) {
            return;
        }
        if (process.isRunning()) {
            throw new K8sAwsException(
                    "Swap the data directory of member " + member,
                    "its etcd runs since it was stopped",
                    "stop it and what starts it again, and restore again");
        }
        current.replaceBy(prepared(cluster), "before-" + cluster.clusterId());
    }

    @Override
    public void start(Duration limit) {
        if (!process.isRunning()) {
            process.start(limit);
        }
    }

    @Override
    public void awaitHealthy(Duration limit) {
        process.awaitHealthy(limit);
    }

    /** For example {@code a in /var/lib/etcd on this machine}. */
    @Override
    public String toString() {
        return member + " in " + dataDirectory + " on this machine";
    }
}
