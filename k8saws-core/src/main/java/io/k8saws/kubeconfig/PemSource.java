package io.k8saws.kubeconfig;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Objects;

/** Where certificates or a private key are: in a file, or in the kubeconfig itself. Immutable; what is inline is never shown by {@code toString}. */
public sealed interface PemSource {
    /**
     * Refers to a file.
     *
     * @param path the file; one that is not absolute is relative to the folder of the kubeconfig that it will stand in
     * @return the reference; the file is not read
     */
    static PemSource file(Path path) {
        return new InFile(path);
    }

    /**
     * Holds the PEM text itself.
     *
     * @param pem certificates or a key in PEM
     * @return a source without a file
     */
    static PemSource inline(String pem) {
        return inline(pem.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Holds a file's bytes themselves.
     *
     * @param bytes the bytes of a PEM file
     * @return a source without a file
     */
    static PemSource inline(byte[] bytes) {
        return new Inline(Base64.getEncoder().encodeToString(bytes));
    }

    /**
     * A file.
     *
     * @param path absolute, unless it is not known to which folder it is relative
     */
    record InFile(Path path) implements PemSource {
        /** Checks that the path is there. */
        public InFile {
            Objects.requireNonNull(path, "path");
        }
    }

    /**
     * The content itself.
     *
     * @param base64 the bytes in Base64, without line ends
     */
    record Inline(String base64) implements PemSource {
        /**
         * Checks the text, and takes line ends out.
         *
         * @throws IllegalArgumentException if it is not Base64
         */
        public Inline {
            base64 = base64.replace("\n", "").replace("\r", "");
            try {
                Base64.getDecoder().decode(base64);
            } catch (IllegalArgumentException e) {
                // The JDK's message shows a character of what may be a key.
                throw new IllegalArgumentException(
                        "Hold a certificate or key inline: it is not Base64. Give its bytes to PemSource.inline.");
            }
        }

        /**
         * The bytes of the file that this stands for.
         *
         * @return a new array; a private key must not be logged
         */
        public byte[] bytes() {
            return Base64.getDecoder().decode(base64);
        }

        /** Says how long it is, and no more. */
        @Override
        public String toString() {
            return "Inline[" + bytes().length + " bytes]";
        }
    }
}
