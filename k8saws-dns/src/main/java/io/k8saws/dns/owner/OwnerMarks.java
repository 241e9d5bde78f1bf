package io.k8saws.dns.owner;

import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.Cause;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How an owner marks its records, and whose marks it takes for its own. Immutable and pure but for the nonces of encrypted marks.
 *
 * @param owner the owner's id: one for each program that writes into the same zones
 * @param names where marks stand
 * @param cipher encrypts marks; empty to write them as they are. What is not encrypted is read all the same
 * @param takesOver other owners whose records become this one's: those of a program that this one replaces
 */
public record OwnerMarks(String owner, OwnerNames names, Optional<OwnerCipher> cipher, Set<String> takesOver) {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final int LONGEST =
            257; // a string of a TXT record has 255 characters (RFC 1035, section 3.3), and two quotes

    /**
     * Checks the owner.
     *
     * @throws InvalidSpecException if the id is empty, or would not come back from a mark as it was written
     */
    public OwnerMarks {
        Objects.requireNonNull(names, "names");
        Objects.requireNonNull(cipher, "cipher");
        takesOver = Set.copyOf(takesOver);
        Set<String> ids = new TreeSet<>(takesOver);
        ids.add(owner);
        ids.stream()
                .filter(id -> !id.matches("[A-Za-z0-9][A-Za-z0-9._/:-]{0,127}"))
                .findFirst()
                .ifPresent(id -> {
                    throw new InvalidSpecException(
                            "Name an owner of records",
                            List.of(new Violation(
                                    "owner",
                                    "'" + id + "' is not an owner's id",
                                    "take 1 to 128 letters, digits and . _ / : -, such as the cluster's name")));
                });
    }

    /**
     * Marks as they are without further settings: plain names, not encrypted.
     *
     * @param owner the owner's id
     * @return the marks
     */
    public static OwnerMarks of(String owner) {
        return new OwnerMarks(owner, OwnerNames.plain(), Optional.empty(), Set.of());
    }

    /**
     * The same with marks at other places.
     *
     * @param wanted where marks stand
     * @return the marks
     */
    public OwnerMarks withNames(OwnerNames wanted) {
        return new OwnerMarks(owner, wanted, cipher, takesOver);
    }

    /**
     * The same with marks that are encrypted when they are written; plain ones are read all the same.
     *
     * @param wanted encrypts and reads them
     * @return the marks
     */
    public OwnerMarks withCipher(OwnerCipher wanted) {
        return new OwnerMarks(owner, names, Optional.of(wanted), takesOver);
    }

    /**
     * The same for who takes over from others: their records count as this owner's.
     *
     * @param owners their ids, in place of those that were named before
     * @return the marks
     * @throws InvalidSpecException if one is no id
     */
    public OwnerMarks takingOver(String... owners) {
        return new OwnerMarks(owner, names, cipher, Set.copyOf(List.of(owners)));
    }

    /**
     * A mark in a zone.
     *
     * @param ownership what it says
     * @param set the record set that says it
     */
    public record Mark(Ownership ownership, RecordSet set) {}

    /**
     * Reads a record set as a mark. One with other texts beside is none: what is there belongs to somebody else, too.
     *
     * @param set any record set
     * @return the mark; empty when it is none, or is encrypted with another key
     */
    public Optional<Mark> read(RecordSet set) {
        if (set.type() != RecordType.TXT
                || !(set.answer() instanceof Answer.Values values)
                || values.values().size() != 1) {
            return Optional.empty();
        }
        return values.values().stream()
                .flatMap(
                        value -> Ownership.parse(value)
                                .or(() -> cipher.flatMap(one -> one.decrypt(value))
                                        .flatMap(Ownership::parse))
                                .stream())
                .findFirst()
                .map(ownership -> new Mark(ownership, set));
    }

    /**
     * Tells whether an owner's records are this one's.
     *
     * @param other the id in a mark
     * @return whether it is this owner, or one that it takes over from
     */
    public boolean isOurs(String other) {
        return other.equals(owner) || takesOver.contains(other);
    }

    /**
     * The mark of a record.
     *
     * @param record the record
     * @param cause why it is wanted
     * @return the mark's record set; empty when there is no place for one, because its label would be too long
     */
    public Optional<RecordSet> mark(RecordSet record, Cause cause) {
        String full = value(Ownership.of(owner, cause.text()));
        String value = full.length() <= LONGEST
                ? full
                : value(new Ownership(
                        owner, Optional.empty(), new TreeMap<>())); // the object's name is too long for it
        return names.written(record.name(), record.type())
                .map(name -> new RecordSet(
                        name,
                        RecordType.TXT,
                        record.setIdentifier(),
                        record.routing(),
                        record.healthCheckId(),
                        new Answer.Values(TTL, List.of(value))));
    }

    private String value(Ownership ownership) {
        String text = ownership.text();
        return cipher.map(one -> "\"" + one.encrypt(text.substring(1, text.length() - 1)) + "\"")
                .orElse(text);
    }

    /**
     * Tells whether a mark that is there says what it shall, so that it may stay.
     *
     * @param there the mark in the zone
     * @param wanted what {@link #mark} made
     * @return whether owner, object, place, policy and encryption are the same
     */
    public boolean isSame(Mark there, RecordSet wanted) {
        Optional<Ownership> says = read(wanted).map(Mark::ownership);
        boolean sealed = Ownership.parse(value(there.set())).isEmpty();
        return says.filter(there.ownership()::equals).isPresent()
                && sealed == cipher.isPresent()
                && there.set().name().equals(wanted.name())
                && there.set().setIdentifier().equals(wanted.setIdentifier())
                && there.set().routing().equals(wanted.routing())
                && there.set().healthCheckId().equals(wanted.healthCheckId());
    }

    private static String value(RecordSet set) {
        return ((Answer.Values) set.answer()).values().get(0);
    }

    /**
     * Where marks of a record may be, the newest form first.
     *
     * @param record the record
     * @return names
     */
    public List<DnsName> places(RecordSet record) {
        return names.read(record.name(), record.type(), record.isAlias());
    }

    /** The owner, and how it marks; no key. */
    @Override
    public String toString() {
        Set<String> others = new HashSet<>(takesOver);
        return "owner " + owner + (others.isEmpty() ? "" : ", taking over from " + new TreeSet<>(others))
                + cipher.map(one -> ", " + one).orElse("");
    }
}
