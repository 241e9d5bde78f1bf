package io.k8saws.etcd.restore;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.internal.digest.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;

/** What a file is, whatever it is called. */
final class FileSha256 {
    private static final int PIECE = 1 << 20;

    private FileSha256() {}

    /** 64 hexadecimal digits. */
    static String of(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = Sha256.digest();
            byte[] piece = new byte[PIECE];
            for (int got = in.read(piece); got >= 0; got = in.read(piece)) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new OperationCancelledException("Read " + file);
                }
                digest.update(piece, 0, got);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new K8sAwsException(
                    "Read " + file, "the system says: " + e, "check the file and the disk", Map.of(), e);
        }
    }
}
