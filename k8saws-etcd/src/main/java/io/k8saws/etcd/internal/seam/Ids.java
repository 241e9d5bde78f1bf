package io.k8saws.etcd.internal.seam;

/** Ids of clusters and members as texts: 16 hexadecimal digits. */
public final class Ids {
    private Ids() {}

    /**
     * Writes an id.
     *
     * @param id 64 bits without sign
     * @return 16 digits; empty for 0, which is none
     */
    public static String text(long id) {
        String digits = Long.toHexString(id);
        return id == 0 ? "" : "0".repeat(16 - digits.length()) + digits;
    }

    /**
     * Reads an id.
     *
     * @param text up to 16 digits; empty for none
     * @return the id, 0 for none
     */
    public static long number(String text) {
        return text.isEmpty() ? 0 : Long.parseUnsignedLong(text, 16);
    }
}
