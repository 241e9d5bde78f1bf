package io.k8saws.dns;

import io.k8saws.dns.record.Cause;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
        private final Cause cause;
        private final List<Endpoint> endpoints = new ArrayList<>();
        private final List<Violation> violations = new ArrayList<>();

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
         * Adds a name.
         *
         * @param name the name, in any case, with or without the final dot; letters beyond ASCII are written by IDNA
         * @param describe says where it leads
         * @return this builder
         */
        public Builder add(String name, UnaryOperator<RecordBuilder> describe) {
            try {
                endpoints.addAll(describe.apply(new RecordBuilder(DnsName.of(name), cause))
                        .endpoints());
            } catch (InvalidSpecException e) {
                e.violations()
                        .forEach(one ->
                                violations.add(new Violation("records[" + name + "]", one.problem(), one.fix())));
            }
            return this;
        }

        /**
         * Ends the list.
         *
         * @return the records
         * @throws InvalidSpecException with all that is wrong with any of them
         */
        public Records build() {
            if (!violations.isEmpty()) {
                throw new InvalidSpecException("List records", Collections.unmodifiableList(violations));
            }
            return new Records(endpoints);
        }
    }
}
