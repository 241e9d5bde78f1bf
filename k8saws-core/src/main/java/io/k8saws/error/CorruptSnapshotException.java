package io.k8saws.error;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A file is no snapshot of etcd, or is one that is damaged. Nothing was changed. Reading the same bytes again ends in the same way.
 */
public final class CorruptSnapshotException extends K8sAwsException {
    /** Says that no page is concerned, or that it is not known. */
    public static final long NO_PAGE = -1;

    private static final long serialVersionUID = 1L;
    private static final String HINT =
            "do not restore this file: copy it again from where it came, or take another backup or a new snapshot";

    private final long offset;
    private final long page;
    private final String found;

    /**
     * Creates an exception.
     *
     * @param file the name of the file
     * @param offset where in the file the first wrong byte lies, or begins what is wrong; 0 or more
     * @param page the number of the page that it belongs to, or {@link #NO_PAGE}
     * @param found what is there, as a clause, without values of keys
     * @param expected what should be there, as a noun
     */
    public CorruptSnapshotException(String file, long offset, long page, String found, String expected) {
        super("Read snapshot " + file, found + ", expected " + expected, HINT, context(offset, page), null);
        this.offset = offset;
        this.page = page;
        this.found = found + ", expected " + expected;
    }

    /**
     * Where in the file the damage was found.
     *
     * @return bytes from the start of the file
     */
    public long offset() {
        return offset;
    }

    /**
     * The page that is damaged.
     *
     * @return the number of a page; empty when the damage concerns the file as a whole
     */
    public OptionalLong page() {
        return page < 0 ? OptionalLong.empty() : OptionalLong.of(page);
    }

    /**
     * What was found and what should be there, without the name of the file.
     *
     * @return a clause
     */
    public String found() {
        return found;
    }

    private static Map<String, String> context(long offset, long page) {
        Map<String, String> context = new LinkedHashMap<>();
        context.put("offset", Long.toString(offset));
        if (page >= 0) {
            context.put("page", Long.toString(page));
        }
        return context;
    }
}
