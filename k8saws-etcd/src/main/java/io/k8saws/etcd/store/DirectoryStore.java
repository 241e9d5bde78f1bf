package io.k8saws.etcd.store;

import io.k8saws.error.ConflictException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.internal.digest.Sha256;
import io.k8saws.etcd.internal.disk.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Objects are files. A file is written aside, forced to the disk, and then gets its name by a link, which fails where the name is taken. */
final class DirectoryStore implements BackupStore {
    static final String UNFINISHED = ".unfinished";

    private static final int BUFFER = 1 << 16;
    private static final int LONGEST_NAME = 200;

    /** How often a directory may vanish, because the last file in it was deleted, before a new one gets its name. */
    private static final int TRIES = 100;

    private final Path root;

    DirectoryStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** Does something with the disk. */
    private interface Work<T> {
        T run() throws IOException;
    }

    private <T> T io(String tried, Work<T> work) {
        try {
            return work.run();
        } catch (ClosedByInterruptException e) {
            throw new OperationCancelledException(tried + " in " + root);
        } catch (IOException e) {
            throw new K8sAwsException(
                    tried + " in " + root,
                    "the system says: " + e,
                    "check the directory, its rights and the room on its disk",
                    Map.of("directory", root.toString()),
                    e);
        }
    }

    @Override
    public ObjectUpload upload(String key, long expectedBytes) {
        Path target = root.resolve(Keys.require(key));
        return io("Begin the object " + key, () -> {
            Path aside = OwnerOnly.directories(root.resolve(UNFINISHED)).resolve(aside(key) + UUID.randomUUID());
            return new FileUpload(key, aside, target, OwnerOnly.create(aside));
        });
    }

    /** The name of an unfinished file begins with its key, as far as names may be long; no key has a comma. */
    private static String aside(String key) {
        String name = key.replace('/', ',');
        return name.substring(0, Math.min(LONGEST_NAME, name.length())) + ",";
    }

    @Override
    public StoredObject put(String key, byte[] content) {
        try (ObjectUpload upload = upload(key, content.length)) {
            upload.write(ByteBuffer.wrap(content));
            return upload.complete();
        } catch (ConflictException e) {
            return find(key)
                    .filter(object -> object.bytes() == content.length && Arrays.equals(read(object), content))
                    .orElseThrow(() -> e);
        }
    }

    @Override
    public List<StoredObject> list(String prefix) {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        List<StoredObject> objects = new ArrayList<>();
        io(
                "List the objects " + prefix,
                () -> Files.walkFileTree(root, new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                        return leads(directory, prefix) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (key(file).startsWith(prefix) && Keys.possible(key(file))) {
                            objects.add(new StoredObject(
                                    key(file),
                                    attributes.size(),
                                    attributes.lastModifiedTime().toInstant(),
                                    Optional.empty()));
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                        if (e instanceof NoSuchFileException || !leads(file, prefix)) {
                            return FileVisitResult
                                    .CONTINUE; // somebody deletes it at this moment, or it is none of ours
                        }
                        throw e;
                    }
                }));
        objects.sort(Comparator.comparing(StoredObject::key));
        return objects;
    }

    @Override
    public List<String> directories(String prefix) {
        Path directory = root.resolve(prefix).normalize();
        if (!Files.isDirectory(directory) || !directory.startsWith(root)) {
            return List.of();
        }
        return io("List the directories " + prefix, () -> {
            try (Stream<Path> files = Files.list(directory)) {
                return files.filter(file -> Keys.possible(key(file)) && Files.isDirectory(file))
                        .map(file -> String.valueOf(file.getFileName()))
                        .sorted()
                        .toList();
            } catch (NoSuchFileException e) {
                return List.of(); // somebody deletes it at this moment
            }
        });
    }

    /** Whether objects with that prefix may lie there; not so in the {@code lost+found} of a disk. */
    private boolean leads(Path directory, String prefix) {
        String name = key(directory) + "/";
        return directory.equals(root)
                || (Keys.possible(key(directory)) && (name.startsWith(prefix) || prefix.startsWith(name)));
    }

    private String key(Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    @Override
    public byte[] read(StoredObject object, long offset, int length) {
        byte[] bytes = new byte[length];
        return io("Read the object " + object.key(), () -> {
            try (FileChannel file = FileChannel.open(root.resolve(Keys.require(object.key())))) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    if (file.read(buffer, offset + buffer.position()) < 0) {
                        throw new IOException("it ends at " + file.size() + " bytes");
                    }
                }
                return bytes;
            }
        });
    }

    @Override
    public Optional<String> checksum(StoredObject object) {
        MessageDigest digest = Sha256.digest();
        for (long at = 0; at < object.bytes(); at += BUFFER) {
            digest.update(read(object, at, (int) Math.min(BUFFER, object.bytes() - at)));
        }
        return Optional.of(HexFormat.of().formatHex(digest.digest()));
    }

    @Override
    public Optional<Instant> lockedUntil(StoredObject object) {
        return Optional.empty();
    }

    @Override
    public void delete(StoredObject object) {
        Path file = root.resolve(Keys.require(object.key()));
        io("Delete the object " + object.key(), () -> {
            Files.deleteIfExists(file);
            Path directory = file.getParent();
            try {
                while (directory != null && !directory.equals(root)) {
                    Files.deleteIfExists(directory);
                    directory = directory.getParent();
                }
            } catch (DirectoryNotEmptyException e) {
                return file; // something else lies there, or just came
            }
            return file;
        });
    }

    @Override
    public int abortUnfinished(String prefix, Instant startedBefore) {
        String begin = prefix.replace('/', ',');
        Path aside = root.resolve(UNFINISHED);
        if (!Files.isDirectory(aside)) {
            return 0;
        }
        return io("Delete unfinished objects", () -> {
            int gone = 0;
            try (Stream<Path> files = Files.list(aside)) {
                for (Path file : files.toList()) {
                    if (file.getFileName().toString().startsWith(begin)
                            && Files.getLastModifiedTime(file).toInstant().isBefore(startedBefore)
                            && Files.deleteIfExists(file)) {
                        gone++;
                    }
                }
            }
            return gone;
        });
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return root.toString();
    }

    /** A file that has no name yet. */
    private final class FileUpload implements ObjectUpload {
        private final String key;
        private final Path aside;
        private final Path target;
        private final FileChannel file;
        private final MessageDigest digest = Sha256.digest();
        private String checksum = "";

        FileUpload(String key, Path aside, Path target, FileChannel file) {
            this.key = key;
            this.aside = aside;
            this.target = target;
            this.file = file;
        }

        @Override
        public void write(ByteBuffer bytes) {
            io("Write the object " + key, () -> {
                digest.update(bytes.duplicate());
                while (bytes.hasRemaining()) {
                    file.write(bytes);
                }
                return bytes;
            });
        }

        @Override
        public StoredObject complete() {
            io("Complete the object " + key, () -> {
                file.force(true);
                file.close();
                Path directory = directory();
                try {
                    link();
                } catch (FileAlreadyExistsException e) {
                    throw new ConflictException(
                            "Write the object " + key,
                            "there is one already in " + root,
                            "take another key; nothing was written over",
                            Map.of("key", key),
                            e);
                }
                OwnerOnly.force(directory);
                return directory;
            });
            checksum = HexFormat.of().formatHex(digest.digest());
            return find(key)
                    .orElseThrow(() -> new K8sAwsException(
                            "Complete the object " + key, "it is gone again", "look for who deletes in " + root));
        }

        private Path directory() {
            Path parent = target.getParent();
            return parent == null ? root : parent;
        }

        /** A directory goes when the last file in it is deleted, which may be at this moment. */
        private void link() throws IOException {
            for (int tries = 1; ; tries++) {
                try {
                    OwnerOnly.directories(directory());
                    Files.createLink(target, aside);
                    return;
                } catch (NoSuchFileException e) {
                    if (tries == TRIES || !Files.exists(aside)) {
                        throw e;
                    }
                }
            }
        }

        @Override
        public String checksum() {
            return checksum;
        }

        @Override
        public void close() {
            io("Clean up after the object " + key, () -> {
                file.close();
                return Files.deleteIfExists(aside);
            });
        }
    }
}
