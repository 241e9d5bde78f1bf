package io.k8saws.etcd.internal.bolt;

/**
 * A bucket: a tree of pages, or a single page inside the value of its parent's element.
 *
 * @param root the root page; 0 when the bucket is inline
 * @param inline the inline page; empty when there is a root page
 * @param inlineOffset where in the file the inline page begins
 * @param holder the page that holds the inline page
 */
@SuppressWarnings("ArrayRecordComponent") // internal: nobody compares or changes it
public record Bucket(long root, byte[] inline, long inlineOffset, long holder) {
    /** A bucket with a tree of its own. */
    static Bucket tree(long root) {
        return new Bucket(root, new byte[0], 0, 0);
    }

    boolean isInline() {
        return root == 0;
    }
}
