package io.k8saws.internal.seam;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The ids and names that this run has made. AWS may answer "not found" for them for a while, because its services become consistent only eventually.
 * Safe to use from many threads.
 */
public final class FreshResources {
    private final Set<String> ids = ConcurrentHashMap.newKeySet();

    /**
     * Remembers what was just made.
     *
     * @param made ids, ARNs and names; blank ones are ignored
     */
    public void add(Collection<String> made) {
        made.stream().filter(id -> !id.isBlank()).forEach(ids::add);
    }

    /** Whether a request names something that was just made. */
    boolean namedIn(Object request) {
        String text = request.toString();
        return ids.stream().anyMatch(text::contains);
    }
}
