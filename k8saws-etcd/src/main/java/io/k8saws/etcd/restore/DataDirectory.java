package io.k8saws.etcd.restore;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.internal.stage.Stages;
import io.k8saws.etcd.internal.wal.Wal;
import io.k8saws.etcd.snapshot.HashKv;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.etcd.snapshot.Verification;
import io.k8saws.etcd.snapshot.Verification.Level;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes one member's directory: first under another name inside it, then by a rename, because the directory itself may be where a disk is mounted. */
final class DataDirectory {
    private static final String MEMBER = "member";
    private static final String PARTIAL = "member.partial";
    /** What a new file system has. */
    private static final String LOST_FOUND = "lost+found";

    private final Path path;

    DataDirectory(Path path) {
        this.path = path;
    }

    void requireFree() {
        try {
            if (!Files.exists(path)) {
                return;
            }
            try (Stream<Path> inside = Files.list(path)) {
                List<String> names = inside.map(file -> String.valueOf(file.getFileName()))
                        .filter(name -> !name.equals(PARTIAL) && !name.equals(LOST_FOUND))
                        .sorted()
                        .toList();
                if (!names.isEmpty()) {
                    throw new K8sAwsException(
                            "Restore into " + path,
                            "there is " + names + " already",
                            "name a directory that is not there or is empty; move the old one aside, do not delete it");
                }
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** The id of the cluster whose log is there, as etcd prints it; empty if there is none. */
    String clusterId() {
        Path log = path.resolve(MEMBER).resolve("wal");
        if (!Files.isDirectory(log)) {
            return "";
        }
        try (Stream<Path> segments = Files.list(log)) {
            Path first = segments.filter(file -> file.toString().endsWith(".wal"))
                    .min(Comparator.naturalOrder())
                    .orElse(null);
            if (first == null) {
                return "";
            }
            try (InputStream in = Files.newInputStream(first)) {
                return Wal.identity(in.readNBytes(1024))
                        .map(identity -> Long.toHexString(identity.clusterId()))
                        .orElse("");
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Whether there is anything that a restore would have to move. */
    boolean isOccupied() {
        return Files.exists(path.resolve(MEMBER));
    }

    /** Lets another directory take this one's place. What is here goes aside under another name, and is never deleted. Only what is inside moves: the directory may be where a disk is mounted. */
    void replaceBy(Path prepared, String aside) {
        try {
            Files.createDirectories(path);
            if (isOccupied()) {
                Files.move(path.resolve(MEMBER), path.resolve(aside), StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(prepared.resolve(MEMBER), path.resolve(MEMBER), StandardCopyOption.ATOMIC_MOVE);
            force(path);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    long freeBytes() {
        try {
            Path there = path.toAbsolutePath();
            while (!Files.exists(there)) {
                there = Objects.requireNonNull(there.getParent(), "the root of a file system is always there");
            }
            return Files.getFileStore(there).getUsableSpace();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    RestoredDirectory write(SnapshotRestore restore, NewMember member, Stages stages, Runnable pulse) {
        Path partial = path.resolve(PARTIAL);
        try {
            deleteTree(partial);
            Files.createDirectories(path);
            Path snap = partial.resolve("snap");
            Path log = partial.resolve("wal");
            for (Path directory : List.of(partial, snap, log)) {
                Files.createDirectory(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            RestoredDatabase.Written written = RestoredDatabase.write(restore, snap.resolve("db"), stages, pulse);
            stages.end("write", Files.size(snap.resolve("db")), "bytes");
            NewCluster cluster = restore.cluster();
            List<Wal.Peer> peers = Membership.peers(cluster);
            create(
                    snap.resolve(Wal.raftSnapshotName(peers.size())),
                    Wal.raftSnapshot(Membership.store(cluster, restore.release()), peers),
                    0);
            create(
                    log.resolve(Wal.FIRST_SEGMENT),
                    Wal.segment(cluster.id(), cluster.id(member), peers, restore.release() != EtcdRelease.V3_4),
                    Wal.SEGMENT_BYTES);
            RestoredDirectory proven = prove(restore, member, snap.resolve("db"), written, pulse);
            stages.end("compare", proven.verification().counts().pages(), "pages");
            for (Path directory : List.of(snap, log, partial)) {
                force(directory);
            }
            Files.move(partial, path.resolve(MEMBER), StandardCopyOption.ATOMIC_MOVE);
            force(path);
            return proven;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private RestoredDirectory prove(
            SnapshotRestore restore,
            NewMember member,
            Path database,
            RestoredDatabase.Written written,
            Runnable pulse) {
        Verification verification = Verification.of(database, pulse);
        verification.requireHolds(Level.L2);
        try (SnapshotFile source = SnapshotFile.open(restore.snapshot(), pulse);
                SnapshotFile made = SnapshotFile.open(database, pulse)) {
            long compared = Math.min(written.revision(), source.revision());
            HashKv before = source.hashKv(compared);
            HashKv after = made.hashKvCompactedAt(compared, source.compactRevision());
            if (!before.equals(after)) {
                throw new CorruptSnapshotException(
                        database.toString(),
                        0,
                        CorruptSnapshotException.NO_PAGE,
                        "its keys have " + after,
                        before + ", as in " + restore.snapshot());
            }
            return new RestoredDirectory(
                    path,
                    member.name(),
                    restore.cluster().memberId(member.name()),
                    restore.cluster().clusterId(),
                    made.revision(),
                    made.compactRevision(),
                    made.hashKvCompactedAt(written.revision(), source.compactRevision()),
                    verification);
        }
    }

    private static void create(Path file, byte[] bytes, long length) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer out = ByteBuffer.wrap(bytes);
            while (out.hasRemaining()) {
                channel.write(out);
            }
            if (length > bytes.length) {
                // a file that is as long as etcd makes it, of which only what is written takes room
                channel.write(ByteBuffer.wrap(new byte[1]), length - 1);
            }
            channel.force(true);
        }
    }

    /** A new name is safe only when its directory is on the disk. */
    static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void deleteTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** For what nobody needs any more: what stays is in the way of nobody. */
    static void deleteQuietly(Path tree) {
        try {
            deleteTree(tree);
        } catch (IOException e) {
            // what is registered last goes first, so that directories are empty by then
            try (Stream<Path> left = Files.walk(tree)) {
                left.forEach(file -> file.toFile().deleteOnExit());
            } catch (IOException | UncheckedIOException gone) {
                tree.toFile().deleteOnExit();
            }
        }
    }

    private K8sAwsException failed(IOException e) {
        if (e instanceof ClosedByInterruptException) {
            return new OperationCancelledException("Restore into " + path);
        }
        return new K8sAwsException(
                "Restore into " + path,
                "the system says: " + e,
                "make room or choose another place, and run it again",
                Map.of(),
                e);
    }
}
