package io.k8saws.dns.owner;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Who looks after a record, as external-dns writes it into a TXT record beside it: so both programs understand each other's marks. Immutable.
 *
 * @param owner the owner's id
 * @param resource the object that wanted the record, such as {@code service/default/web}
 * @param labels what else stands there
 */
public record Ownership(String owner, Optional<String> resource, SortedMap<String, String> labels) {
    private static final String HERITAGE = "heritage=external-dns";
    private static final String PREFIX = "external-dns/";
    private static final String OWNER = "owner";
    private static final String RESOURCE = "resource";

    /** Copies the labels. */
    public Ownership {
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(resource, "resource");
        labels = new TreeMap<>(labels);
    }

    /**
     * The mark of an owner.
     *
     * @param owner the owner's id
     * @param resource the object
     * @return the mark
     */
    public static Ownership of(String owner, String resource) {
        return new Ownership(owner, Optional.of(resource), new TreeMap<>());
    }

    /**
     * Reads the value of a TXT record.
     *
     * @param value with or without quotes
     * @return who owns; empty when the text is no mark
     */
    public static Optional<Ownership> parse(String value) {
        String text = value.strip();
        if (text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")) {
            text = text.substring(1, text.length() - 1);
        }
        String[] parts = text.split(",");
        if (!parts[0].strip().equals(HERITAGE)) {
            return Optional.empty();
        }
        SortedMap<String, String> labels = new TreeMap<>();
        for (String part : parts) {
            int equals = part.indexOf('=');
            if (equals > 0 && part.startsWith(PREFIX)) {
                labels.put(part.substring(PREFIX.length(), equals), part.substring(equals + 1));
            }
        }
        String owner = labels.remove(OWNER);
        Optional<String> resource = Optional.ofNullable(labels.remove(RESOURCE));
        return Optional.ofNullable(owner).map(found -> new Ownership(found, resource, labels));
    }

    /**
     * The value of the TXT record: the heritage, then labels by their names, in quotes.
     *
     * @return for example {@code "heritage=external-dns,external-dns/owner=blue,external-dns/resource=service/default/web"}
     */
    public String text() {
        Map<String, String> all = new TreeMap<>(labels);
        all.put(OWNER, owner);
        resource.ifPresent(text -> all.put(RESOURCE, text));
        return "\""
                + HERITAGE
                + all.entrySet().stream()
                        .map(label -> "," + PREFIX + label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining())
                + "\"";
    }

    @Override
    public SortedMap<String, String> labels() {
        return new TreeMap<>(labels);
    }
}
