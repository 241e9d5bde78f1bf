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
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_./:@+=-]+");

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
     * Forgets what was just deleted: from now on "not found" is the truth.
     *
     * @param deleted ids, ARNs and names
     */
    public void remove(Collection<String> deleted) {
        ids.removeAll(deleted);
    }

    /** Remembers the ids in the answer of a request that made something. */
    void addIdsIn(Object answer) {
        EC2_ID.matcher(answer.toString()).results().map(MatchResult::group).forEach(ids::add);
    }

    /** Whether a request names something that was just made. Whole words count, so that the name of one thing is not found inside that of another. */
    boolean namedIn(Object request) {
        return WORD.matcher(request.toString()).results().map(MatchResult::group).anyMatch(this::names);
    }

    /** The SDK prints {@code Name=value}, so what follows an equals sign counts as a word, too. */
    private boolean names(String word) {
        return ids.contains(word) || ids.contains(word.substring(word.indexOf('=') + 1));
    }
}
