package io.k8saws.dns.source;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.error.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What an object asks of DNS. Immutable.
 *
 * @param endpoints the records that it wants
 * @param awaiting names that it wants, and has nothing to lead to now, such as those of a load balancer without an address
 * @param held names for which it asks what cannot be, so that their records stay as they are until it is corrected
 * @param problems what is wrong with it
 */
public record Derivation(List<Endpoint> endpoints, Set<DnsName> awaiting, Set<DnsName> held, List<Violation> problems) {
    private static final Derivation NOTHING = new Derivation(List.of(), Set.of(), Set.of(), List.of());

    /** Copies what is given. */
    public Derivation {
        endpoints = List.copyOf(endpoints);
        awaiting = Set.copyOf(awaiting);
        held = Set.copyOf(held);
        problems = List.copyOf(problems);
    }

    /**
     * Of an object that asks for nothing.
     *
     * @return nothing
     */
    public static Derivation nothing() {
        return NOTHING;
    }

    /** What is wanted, what waits, what is held, and what is wrong, a line each; {@code nothing is wanted} of an object that asks for nothing. */
    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        endpoints.forEach(endpoint -> lines.add(endpoint.toString()));
        awaiting.stream().sorted().forEach(name -> lines.add(name + " has nothing to lead to"));
        held.stream().sorted().forEach(name -> lines.add(name + " stays as it is until this is corrected"));
        problems.forEach(problem -> lines.add(problem.toString()));
        return lines.isEmpty() ? "nothing is wanted" : String.join("\n", lines);
    }
}
