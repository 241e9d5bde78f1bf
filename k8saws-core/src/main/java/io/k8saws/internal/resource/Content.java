package io.k8saws.internal.resource;

import io.k8saws.internal.text.Sha256;
import org.jspecify.annotations.Nullable;

/** The bytes of a file in the bucket, compared and printed by their SHA-256 alone, so that a plan neither holds nor shows them. */
public final class Content {
    private final String sha256;
    private final String text;

    private Content(String sha256, String text) {
        this.sha256 = sha256;
        this.text = text;
    }

    /**
     * The content to write.
     *
     * @param text the content
     * @return the content with its hash
     */
    public static Content of(String text) {
        return new Content(Sha256.hex(text), text);
    }

    /**
     * Content of which only the hash is known.
     *
     * @param sha256 64 hexadecimal digits
     * @return the content without its text
     */
    public static Content known(String sha256) {
        return new Content(sha256, "");
    }

    /**
     * The hash of the content.
     *
     * @return 64 hexadecimal digits
     */
    public String sha256() {
        return sha256;
    }

    /**
     * The content.
     *
     * @return the text; empty when it was observed and not read
     */
    public String text() {
        return text;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Content content && content.sha256.equals(sha256);
    }

    @Override
    public int hashCode() {
        return sha256.hashCode();
    }

    @Override
    public String toString() {
        return "sha256:" + sha256;
    }
}
