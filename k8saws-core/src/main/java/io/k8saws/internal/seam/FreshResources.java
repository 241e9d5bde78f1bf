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
    /** Outputs such as a version's number name nothing and would be found in any request. */
    private static final int SHORTEST = 4;

    private static final Pattern EC2_ID = Pattern.compile("\\b[a-z]+-[0-9a-f]{8,17}\\b");

    private final Set<String> ids = ConcurrentHashMap.newKeySet();

    /**
     * Remembers what was just made.
     *
     * @param made ids, ARNs and names; those of less than four characters are ignored
     */
    public void add(Collection<String> made) {
        made.stream().filter(id -> id.strip().length() >= SHORTEST).forEach(ids::add);
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
        return ids.stream().anyMatch(id -> isWordIn(text, id));
    }

    /** Whether an id stands in a text, and not as a part of a longer name. */
    private static boolean isWordIn(String text, String id) {
        for (int at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1)) {
            int end = at + id.length();
            if ((at == 0 || !isOfName(text.charAt(at - 1))) && (end == text.length() || !isOfName(text.charAt(end)))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfName(char c) {
        return Character.isLetterOrDigit(c) || c == '-';
    }
}
