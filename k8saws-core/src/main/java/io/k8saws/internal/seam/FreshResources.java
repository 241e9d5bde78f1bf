package io.k8saws.internal.seam;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The ids and names that this run has made. AWS may answer "not found" for them for a while, because its services become consistent only eventually.
 * Safe to use from many threads.
 */
public final class FreshResources {
    private static final Pattern EC2_ID = Pattern.compile("\\b[a-z]+-[0-9a-f]{8,17}\\b");

    private final Set<String> ids = ConcurrentHashMap.newKeySet();

    /**
     * Remembers what was just made.
     *
     * @param made ids, ARNs and names; blank ones are ignored
     */
    public void add(Collection<String> made) {
        made.stream().filter(id -> !id.isBlank()).forEach(ids::add);
    }

    /**
     * Forgets what was just deleted: from now on "not found" is the truth about it.
     *
     * @param gone ids, ARNs and names
     */
    public void remove(Collection<String> gone) {
        gone.forEach(ids::remove);
    }

    /** Remembers the ids in the answer of a request that made something. */
    void addIdsIn(Object answer) {
        EC2_ID.matcher(answer.toString()).results().map(MatchResult::group).forEach(ids::add);
    }

    /** Whether a request names something that was just made. */
    boolean namedIn(Object request) {
        String text = request.toString();
        return ids.stream().anyMatch(text::contains);
    }
}
