package io.k8saws.dns.owner;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordType;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Where marks of owners stand: the names of external-dns's TXT registry. Written is the form of its version 0.22, {@code <type>-<name>} with a prefix or a suffix; read is each form that it ever wrote. Immutable and pure.
 *
 * @param prefix before the first label, such as {@code txt.} or {@code txt-%{record_type}-}; empty for none
 * @param suffix after the first label; empty for none
 * @param wildcard what stands in for {@code *}; empty to keep it
 */
public record OwnerNames(String prefix, String suffix, String wildcard) {
    private static final String TYPE = "%{record_type}";

    /** The types that have marks, as they stand in names. */
    private static final Set<String> TYPES = Set.of("a", "aaaa", "cname", "txt", "srv", "mx", "ns", "ptr", "naptr");

    /** The types whose marks had none in their names, up to 0.17, of those that external-dns looked after unless it was told to: else it would speak for what somebody has made by hand beside them. */
    private static final Set<RecordType> TYPELESS = Set.of(RecordType.A, RecordType.CNAME);

    /**
     * Checks the affixes.
     *
     * @throws InvalidSpecException if both are given, or one has another place than {@code %{record_type}}
     */
    public OwnerNames {
        Objects.requireNonNull(wildcard, "wildcard");
        prefix = prefix.toLowerCase(Locale.ROOT);
        suffix = suffix.toLowerCase(Locale.ROOT);
        List<Violation> mistakes = new ArrayList<>();
        if (!prefix.isEmpty() && !suffix.isEmpty()) {
            mistakes.add(new Violation("prefix, suffix", "both are given", "give one of them, as external-dns does"));
        }
        check("prefix", prefix, mistakes);
        check("suffix", suffix, mistakes);
        if (!mistakes.isEmpty()) {
            throw new InvalidSpecException("Name the marks of owners", mistakes);
        }
    }

    /** A place that is not known would stand in each name as it is. */
    private static void check(String path, String affix, List<Violation> mistakes) {
        if (affix.replace(TYPE, "").matches(".*[%{}].*")) {
            mistakes.add(new Violation(
                    path, "'" + affix + "' has a place that is not known", "the one place there is " + TYPE));
        }
    }

    /**
     * Names without prefix and suffix.
     *
     * @return the names
     */
    public static OwnerNames plain() {
        return new OwnerNames("", "", "");
    }

    /**
     * Names with a prefix, the most common form.
     *
     * @param prefix such as {@code txt.}
     * @return the names
     */
    public static OwnerNames withPrefix(String prefix) {
        return new OwnerNames(prefix, "", "");
    }

    /**
     * Where the mark of a record is written.
     *
     * @param name the record's name
     * @param type its type; an alias has that of its answers
     * @return the mark's name; empty when none can be made, because a label would be too long, or is what stands in for {@code *}
     */
    public Optional<DnsName> written(DnsName name, RecordType type) {
        return made(name, type.name().toLowerCase(Locale.ROOT));
    }

    /**
     * Where a mark of a record may be, the newest form first.
     *
     * @param name the record's name
     * @param type its type
     * @param alias whether it is an alias
     * @return names, each once
     */
    public List<DnsName> read(DnsName name, RecordType type, boolean alias) {
        List<DnsName> names = new ArrayList<>();
        written(name, type).ifPresent(names::add);
        if (alias && type == RecordType.A) {
            made(name, "cname").ifPresent(names::add); // up to 0.21
        }
        if (TYPELESS.contains(type)) {
            made(name, "").filter(mark -> !isTyped(mark)).ifPresent(names::add);
        }
        return names.stream().distinct().toList();
    }

    /** Whether a mark's name could be the newer form of another record's: then it says nothing of the older one, or a record made by hand at {@code a-x} would pass for that of who has {@code x}. */
    private boolean isTyped(DnsName mark) {
        String[] labels = mark.text().split("\\.", 2);
        return TYPES.stream().anyMatch(type -> {
            String head = prefix.replace(TYPE, type) + (isPlaced() ? "" : type + "-");
            String tail = suffix.replace(TYPE, type);
            return suffix.isEmpty()
                    ? mark.text().startsWith(head) && mark.text().length() > head.length()
                    : labels[0].startsWith(head)
                            && labels[0].endsWith(tail)
                            && labels[0].length() > head.length() + tail.length();
        });
    }

    private boolean isPlaced() {
        return prefix.contains(TYPE) || suffix.contains(TYPE);
    }

    private Optional<DnsName> made(DnsName name, String type) {
        String[] labels = name.text().split("\\.", 2);
        if (!wildcard.isEmpty() && labels[0].equals(wildcard)) {
            return Optional.empty(); // its mark would pass for that of the wildcard
        }
        String first = labels[0].equals("*") && !wildcard.isEmpty() ? wildcard : labels[0];
        String rest = labels.length > 1 ? "." + labels[1] : "";
        String typed = isPlaced() || type.isEmpty() ? first : type + "-" + first;
        String text = prefix.replace(TYPE, type) + typed + suffix.replace(TYPE, type) + rest;
        try {
            return Optional.of(new DnsName(text));
        } catch (InvalidSpecException e) {
            return Optional.empty();
        }
    }
}
