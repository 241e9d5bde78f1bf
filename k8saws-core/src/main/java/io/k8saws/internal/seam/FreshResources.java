package io.k8saws.internal.seam;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The ids and names that were made a short while ago. AWS may answer "not found" for them, because its services become consistent only eventually; after the
 * consistency window that is an error like any other. Safe to use from many threads.
 */
public final class FreshResources {
    private static final Pattern EC2_ID = Pattern.compile("\\b[a-z]+-[0-9a-f]{8,17}\\b");

    private final long windowNanos;
    private final LongSupplier nanos;
    private final ConcurrentMap<String, Long> madeAt = new ConcurrentHashMap<>();

    /**
     * Knows nothing yet.
     *
     * @param window how long what was made counts as fresh
     * @param nanos a clock that never goes back, in nanoseconds
     */
    FreshResources(Duration window, LongSupplier nanos) {
        this.windowNanos = window.toNanos();
        this.nanos = nanos;
    }

    /**
     * Remembers what was just made.
     *
     * @param made ids, ARNs and names; blank ones are ignored
     */
    public void add(Collection<String> made) {
        made.stream().filter(id -> !id.isBlank()).forEach(this::add);
    }

    private void add(String id) {
        madeAt.put(id, nanos.getAsLong());
    }

    /**
     * Forgets what was just deleted: from now on "not found" is the truth about it.
     *
     * @param gone ids, ARNs and names
     */
    public void remove(Collection<String> gone) {
        gone.forEach(madeAt::remove);
    }

    /** Remembers the ids in the answer of a request that made something. */
    void addIdsIn(Object answer) {
        EC2_ID.matcher(answer.toString()).results().map(MatchResult::group).forEach(this::add);
    }

    /** Whether a request names something that was just made. */
    boolean namedIn(Object request) {
        long now = nanos.getAsLong();
        madeAt.values().removeIf(made -> now - made >= windowNanos);
        String text = request.toString();
        return madeAt.keySet().stream().anyMatch(id -> isWordIn(text, id));
    }

    /** Whether an id stands in a text, and not as a part of a longer name: the end of a bucket's name can look like an id of EC2. */
    private static boolean isWordIn(String text, String id) {
        for (int at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1)) {
            int end = at + id.length();
            boolean begins = at == 0 || !isOfName(text.charAt(at - 1));
            boolean ends = end == text.length() || !isOfName(text.charAt(end));
            if (begins && ends) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfName(char c) {
        return Character.isLetterOrDigit(c) || c == '-';
    }
}
