package io.k8saws.etcd;

import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.internal.seam.TlsMaterial;
import io.k8saws.etcd.internal.seam.TlsSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a client of etcd needs for TLS: whom it trusts, and its own certificate with its key. Files are looked at before each call: when they have changed, connections are made anew with what
 * they hold then. Keys may be PKCS #8, PKCS #1 or SEC 1. Prints without the key. Immutable and safe to use from many threads.
 */
public final class ClientTls {
    private final String text;
    private final TlsSource source;

    private ClientTls(String text, TlsSource source) {
        this.text = text;
        this.source = source;
    }

    /**
     * Trusts authorities, and shows a certificate.
     *
     * @param authority a PEM file with the certificates of authorities that may have signed the servers'
     * @param certificate a PEM file with the client's certificate
     * @param key a PEM file with its private key, without a password
     * @return what TLS needs
     */
    public static ClientTls files(Path authority, Path certificate, Path key) {
        Objects.requireNonNull(certificate, "certificate");
        Objects.requireNonNull(key, "key");
        return new ClientTls(
                "trusts " + authority + ", shows " + certificate, new Source(List.of(authority, certificate, key)));
    }

    /**
     * Trusts authorities, and shows no certificate.
     *
     * @param authority a PEM file with the certificates of authorities
     * @return what TLS needs
     */
    public static ClientTls files(Path authority) {
        return new ClientTls("trusts " + authority, new Source(List.of(authority)));
    }

    /**
     * Trusts authorities, and shows a certificate.
     *
     * @param authority certificates of authorities, PEM
     * @param certificate the client's certificate, PEM
     * @param key its private key, PEM, without a password; secret
     * @return what TLS needs
     */
    public static ClientTls pem(String authority, String certificate, String key) {
        TlsMaterial material = new TlsMaterial(authority, certificate, key);
        return new ClientTls(material.toString(), () -> material);
    }

    /**
     * Trusts authorities, and shows no certificate.
     *
     * @param authority certificates of authorities, PEM
     * @return what TLS needs
     */
    public static ClientTls pem(String authority) {
        return pem(authority, "", "");
    }

    /**
     * Trusts whom the JDK trusts, and shows no certificate.
     *
     * @return what TLS needs
     */
    public static ClientTls jdk() {
        return pem("", "", "");
    }

    /** Made anew when half of its life is over. */
    static ClientTls renewed(String text, Duration life, LongSupplier nanoTime, Supplier<TlsMaterial> make) {
        return new ClientTls(text, new TlsSource() {
            private @Nullable TlsMaterial made;
            private long at;

            @Override
            public synchronized TlsMaterial read() {
                TlsMaterial known = made;
                long now = nanoTime.getAsLong();
                if (known == null || now - at > life.toNanos() / 2) {
                    known = make.get();
                    made = known;
                    at = now;
                }
                return known;
            }
        });
    }

    TlsSource source() {
        return source;
    }

    /** Where it comes from; nothing of its content. */
    @Override
    public String toString() {
        return text;
    }

    /** Reads files again when their times or sizes have changed. */
    private static final class Source implements TlsSource {
        private final List<Path> files;
        private List<Object> stamps = List.of();
        private @Nullable TlsMaterial material;

        Source(List<Path> files) {
            this.files = List.copyOf(files);
        }

        @Override
        public synchronized TlsMaterial read() {
            List<Object> now = new ArrayList<>();
            for (Path file : files) {
                now.addAll(stamp(file));
            }
            TlsMaterial known = material;
            if (known == null || !now.equals(stamps)) {
                known = new TlsMaterial(text(0), text(1), text(2));
                material = known;
                stamps = now;
            }
            return known;
        }

        private String text(int index) {
            if (index >= files.size()) {
                return "";
            }
            try {
                return Files.readString(files.get(index));
            } catch (IOException e) {
                throw unreadable(files.get(index), e);
            }
        }

        private static List<Object> stamp(Path file) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return List.of(
                        attributes.lastModifiedTime(),
                        attributes.size(),
                        Optional.ofNullable(attributes.fileKey()).orElse(""));
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }

        private static K8sAwsException unreadable(Path file, IOException e) {
            return new K8sAwsException(
                    "Read " + file + " for TLS with etcd",
                    "it cannot be read (" + e.getClass().getSimpleName() + ")",
                    "check the path, and that this user may read it",
                    Map.of("file", file.toString()),
                    e);
        }
    }
}
