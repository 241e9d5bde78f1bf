package io.k8saws.internal.seam;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.SdkRequest;

/**
 * The ids and names that were made a short while ago. AWS may answer "not found" for them, because its services become consistent only eventually; after the
 * consistency window that is an error like any other. Safe to use from many threads.
 */
public final class FreshResources {
    private static final Pattern EC2_ID = Pattern.compile("\\b[a-z]+-[0-9a-f]{8,17}\\b");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_./:@+=-]+");

    private static final Pattern ARN_OR_URL = Pattern.compile("\\b(arn:aws|https?:)[A-Za-z0-9_./:@+=-]+");
    private static final List<String> NAMES = List.of(
            "Bucket", "RoleName", "InstanceProfileName", "AutoScalingGroupName", "LaunchTemplateName", "KeyName");

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
     * @param made ids, ARNs and names; those without a letter are ignored
     */
    public void add(Collection<String> made) {
        made.forEach(this::add);
    }

    /** A version or a number stands in many requests that have nothing to do with what was made. */
    private void add(String id) {
        if (id.chars().anyMatch(Character::isLetter)) {
            madeAt.put(id, nanos.getAsLong());
        }
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
        String text = answer.toString();
        EC2_ID.matcher(text).results().map(MatchResult::group).forEach(this::add);
        ARN_OR_URL.matcher(text).results().map(MatchResult::group).forEach(this::add);
    }

    /** Remembers what a request that made something has named; such answers do not always repeat the name. */
    void addNamesIn(Object request) {
        if (request instanceof SdkRequest named) {
            NAMES.forEach(name -> named.getValueForField(name, String.class).ifPresent(this::add));
        }
    }

    /** Whether a request names something that was just made. Whole words count, so that the name of one thing is not found inside that of another. */
    boolean namedIn(Object request) {
        long now = nanos.getAsLong();
        madeAt.values().removeIf(made -> now - made >= windowNanos);
        return WORD.matcher(request.toString())
                .results()
                .map(MatchResult::group)
                .anyMatch(this::names);
    }

    /** The SDK prints {@code Name=value}, so what follows an equals sign counts as a word, too. */
    private boolean names(String word) {
        return madeAt.containsKey(word) || madeAt.containsKey(word.substring(word.indexOf('=') + 1));
    }
}
