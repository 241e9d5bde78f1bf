package io.k8saws.error;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The root of everything that this library throws on purpose. Unchecked.
 *
 * <p>Every message has the same shape, so that it can be read and searched alike: {@code <what was tried>: <why it failed>. <what to do
 * next>. [key=value ...]}. No message holds a secret. A subtype exists only where a caller would react differently.
 */
public class K8sAwsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String hint;

    @SuppressWarnings("serial") // always an unmodifiable LinkedHashMap, which is serializable
    private final Map<String, String> context;

    /**
     * Creates an exception without a cause.
     *
     * @param tried what was tried, for example {@code Create subnet payments-b}
     * @param why why it failed, as a clause
     * @param hint what to do next, as a clause
     */
    public K8sAwsException(String tried, String why, String hint) {
        this(tried, why, hint, Map.of(), null);
    }

    /**
     * Creates an exception.
     *
     * @param tried what was tried, for example {@code Create subnet payments-b}
     * @param why why it failed, as a clause
     * @param hint what to do next, as a clause
     * @param context ids and numbers that help to find the place; shown in the order of the map
     * @param cause what lies below, or null
     */
    public K8sAwsException(
            String tried, String why, String hint, Map<String, String> context, @Nullable Throwable cause) {
        super(message(tried, why, hint, context), cause);
        this.hint = hint;
        this.context = Collections.unmodifiableMap(new LinkedHashMap<>(context));
    }

    /**
     * Tells whether the same call may succeed later without any change by the caller.
     *
     * @return false unless a subtype says otherwise
     */
    public boolean retryable() {
        return false;
    }

    /**
     * Returns what to do next; it is part of the message, too.
     *
     * @return a short clause, never blank
     */
    public String hint() {
        return hint;
    }

    /**
     * Returns ids and numbers that help to find the place, in the order in which the message shows them.
     *
     * @return an unmodifiable map, possibly empty
     */
    public Map<String, String> context() {
        return context;
    }

    private static String message(String tried, String why, String hint, Map<String, String> context) {
        StringBuilder text =
                new StringBuilder(requireText(tried, "tried")).append(": ").append(sentence(requireText(why, "why")));
        text.append(text.charAt(text.length() - 1) == '\n' ? "" : " ")
                .append(capitalized(sentence(requireText(hint, "hint"))));
        if (!context.isEmpty()) {
            text.append(context.entrySet().stream()
                    .map(e -> e.getKey() + "=" + e.getValue())
                    .collect(Collectors.joining(" ", " [", "]")));
        }
        return text.toString();
    }

    private static String requireText(String text, String name) {
        if (Objects.requireNonNull(text, name).isBlank()) {
            throw new IllegalArgumentException("an exception of k8saws needs a text for " + name);
        }
        return text;
    }

    private static String sentence(String clause) {
        char last = clause.charAt(clause.length() - 1);
        return last == '.' || last == '!' || last == '?' || last == '\n' ? clause : clause + ".";
    }

    private static String capitalized(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
