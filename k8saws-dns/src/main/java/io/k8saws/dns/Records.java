package io.k8saws.dns;

import io.k8saws.dns.record.Cause;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.record.Horizon;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The names that a program wants.
 *
 * <pre>{@code
 * Records records = Records.builder("payments")
 *         .add("api.example.com", r -> r.addresses("192.0.2.1", "192.0.2.2"))
 *         .add("www.example.com", r -> r.host("web-1.eu-west-1.elb.amazonaws.com"))
 *         .build();
 * }</pre>
 *
 * <p>Immutable.
 */
public final class Records {
    private final List<Endpoint> endpoints;

    private Records(List<Endpoint> endpoints) {
        this.endpoints = List.copyOf(endpoints);
    }

    /**
     * Starts a list of names.
     *
     * @param program who wants them; it stands in the marks of the records
     * @return a builder
     */
    public static Builder builder(String program) {
        return new Builder(program);
    }

    /**
     * No name at all.
     *
     * @return an empty list
     */
    public static Records none() {
        return new Records(List.of());
    }

    /**
     * What the names shall lead to.
     *
     * @return one value for each name, type and set identifier
     */
    public List<Endpoint> endpoints() {
        return endpoints;
    }

    /** The names and where they lead, a line each. */
    @Override
    public String toString() {
        return endpoints.isEmpty()
                ? "no records"
                : endpoints.stream()
                        .map(one -> one.name() + " " + one.type()
                                + one.setIdentifier()
                                        .map(set -> " [" + set + "]")
                                        .orElse("") + " "
                                + String.join(", ", one.targets()))
                        .collect(Collectors.joining("\n"));
    }

    /** Lists names. Not thread-safe. */
    public static final class Builder {
        private static final DnsName SOME = DnsName.of("name.invalid"); // stands for one that cannot be read

        private final Cause cause;
        private final List<Endpoint> endpoints = new ArrayList<>();
        private final List<Violation> violations = new ArrayList<>();
        private final Map<Member, List<Listed>> listed = new HashMap<>();
        private int count;

        /** What a zone has once. */
        private record Member(DnsName name, RecordType type, Optional<String> set) {
            String text() {
                return name + " " + type + set.map(one -> " [" + one + "]").orElse("");
            }
        }

        /** Where a record is listed, and which zones it is for. */
        private record Listed(String at, Horizon horizon, Optional<String> zone) {
            /** Whether a zone has both, as far as that is known before zones are: one that is pinned may be kept apart from one that is not. */
            boolean meets(Listed other) {
                if (zone.isPresent() || other.zone().isPresent()) {
                    return zone.equals(other.zone());
                }
                return horizon == other.horizon() || horizon == Horizon.ANY || other.horizon() == Horizon.ANY;
            }
        }

        private Builder(String program) {
            this.cause = new Cause("program", "", program, "records");
            if (!program.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
                violations.add(new Violation(
                        "program",
                        "'" + program + "' is not a program's name",
                        "take 1 to 63 letters, digits and . _ -"));
            }
        }

        /**
         * Adds a record. A name may be added again for another type, with another set identifier, for another zone or to be seen by others; not for the same record.
         *
         * @param name the name, in any case, with or without the final dot; letters beyond ASCII are written by IDNA
         * @param describe says where it leads
         * @return this builder
         */
        public Builder add(String name, UnaryOperator<RecordBuilder> describe) {
            String at = "records[" + count++ + "]";
            Optional<DnsName> read = Optional.empty();
            try {
                read = Optional.of(DnsName.of(name));
            } catch (InvalidSpecException e) {
                refuse(at, "", e.violations());
            }
            String of = ", for " + read.map(DnsName::text).orElse("'" + name + "'");
            try {
                // what is wrong beside a name is told with it
                RecordBuilder record = describe.apply(new RecordBuilder(read.orElse(SOME), cause));
                List<Endpoint> made = record.endpoints();
                refuse(at, of, record.violations());
                if (read.isPresent()) {
                    Listed here = new Listed(
                            at,
                            record.options().horizon(),
                            record.options().pinnedZone().map(HostedZone::bareId));
                    for (RecordType type : record.types()) {
                        list(new Member(read.get(), type, record.set()), here);
                    }
                    endpoints.addAll(made);
                }
            } catch (InvalidSpecException e) { // of a part, such as a health check
                refuse(at, of, e.violations());
            }
            return this;
        }

        private void refuse(String at, String of, List<Violation> some) {
            some.forEach(one -> violations.add(new Violation(at + "." + one.path(), one.problem() + of, one.fix())));
        }

        private void list(Member member, Listed here) {
            List<Listed> before = listed.computeIfAbsent(member, one -> new ArrayList<>(1));
            before.stream()
                    .filter(here::meets)
                    .findFirst()
                    .ifPresent(
                            there -> violations.add(
                                    new Violation(
                                            here.at(),
                                            member.text() + " is listed already, at " + there.at(),
                                            "say all that it leads to at one of them, or tell them apart by routed(...), seenBy(...) or inZone(...)")));
            before.add(here);
        }

        /**
         * Ends the list.
         *
         * @return the records
         * @throws InvalidSpecException with all that is wrong with any of them, each with its place by the order in which they were added, such as {@code
         *     records[3].ttl}; and where a record is listed twice
         */
        public Records build() {
            if (!violations.isEmpty()) {
                throw new InvalidSpecException("List records", Collections.unmodifiableList(violations));
            }
            return new Records(endpoints);
        }
    }
}
