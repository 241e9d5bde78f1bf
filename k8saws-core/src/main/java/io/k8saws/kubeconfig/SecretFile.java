package io.k8saws.kubeconfig;

import io.k8saws.error.K8sAwsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import java.util.function.Consumer;

/** Replaces a file that only its owner may read, in one step. */
final class SecretFile {
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private SecretFile() {}

    static void write(Path file, String text) {
        write(file, text, ready -> {});
    }

    /** As above; the last argument is told the name of the new file before it takes the place of the old one. */
    static void write(Path file, String text, Consumer<Path> ready) {
        try {
            // A link stays a link: its target is replaced.
            Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
            Path next = Files.createTempFile(folder(target), "." + target.getFileName(), ".new", ownerOnly());
            try {
                fill(next, text);
                keepOwner(target, next);
                ready.accept(next);
                Files.move(next, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(next);
            }
        } catch (IOException e) {
            throw new K8sAwsException(
                    "Write kubeconfig " + file,
                    "the folder or the disk does not take it (" + e.getMessage() + "). What was there is unchanged",
                    "Check permissions and space",
                    Map.of("file", file.toString()),
                    e);
        }
    }

    private static Path folder(Path target) throws IOException {
        Path parent = target.getParent();
        Path folder = parent == null ? target : parent;
        return Files.createDirectories(folder);
    }

    private static FileAttribute<?>[] ownerOnly() {
        return POSIX
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static void fill(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            // Or else a crash could leave an empty file under the old name.
            channel.force(true);
        }
    }

    // An administrator's program must not take a user's file away.
    private static void keepOwner(Path target, Path next) throws IOException {
        if (POSIX && Files.exists(target)) {
            UserPrincipal owner = Files.getOwner(target);
            if (!owner.equals(Files.getOwner(next))) {
                Files.setOwner(next, owner);
            }
        }
    }
}
