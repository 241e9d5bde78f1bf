package io.k8saws.dns.record;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A record that a source wants. Immutable.
 *
 * @param name its name
 * @param type its type; what leads to a host name is a CNAME, and may become aliases
 * @param targets where it leads, at least one
 * @param ttl how long answers may be kept; empty for the default
 * @param setIdentifier which member of its set it is
 * @param routing the policy
 * @param healthCheckId a health check that exists
 * @param options the rest
 * @param cause why it is wanted
 */
public record Endpoint(
        DnsName name,
        RecordType type,
        List<String> targets,
        Optional<Duration> ttl,
        Optional<String> setIdentifier,
        RoutingPolicy routing,
        Optional<String> healthCheckId,
        EndpointOptions options,
        Cause cause) {
    private static final Pattern IPV4 =
            Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)\\.){3}(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    /**
     * Copies the targets, and checks type and targets.
     *
     * @throws InvalidSpecException if a target does not fit the type, or the type is not written by this library
     */
    public Endpoint {
        targets = targets.stream().distinct().sorted().toList();
        if (targets.isEmpty()) {
            throw refused(name, "it leads nowhere", "give it a target");
        }
        if (!type.isManaged()) {
            throw refused(name, "records of type " + type + " are not written", "write it by other means");
        }
        if (type == RecordType.A || type == RecordType.AAAA) {
            for (String target : targets) {
                if (!isAddress(type, target)) {
                    throw refused(
                            name,
                            "'" + target + "' is no address of IP version " + (type == RecordType.A ? 4 : 6),
                            "write an address, or take a CNAME");
                }
            }
        }
        if (type == RecordType.CNAME || type == RecordType.NS || type == RecordType.PTR) {
            targets.forEach(DnsName::of);
        }
    }

    private static boolean isAddress(RecordType type, String target) {
        return type == RecordType.A
                ? IPV4.matcher(target).matches()
                : IPV6.matcher(target).matches()
                        && Answer.canonical(type, target).contains(":");
    }

    private static InvalidSpecException refused(DnsName name, String problem, String fix) {
        return new InvalidSpecException("Want the record " + name, List.of(new Violation(name.text(), problem, fix)));
    }

    /** For example {@code www.example.com A [blue] 192.0.2.1 (60 s), Weighted[weight=10], wanted by service/default/web}; what is as by default is left out. */
    @Override
    public String toString() {
        return name + " " + type + setIdentifier.map(set -> " [" + set + "]").orElse("") + " "
                + String.join(", ", targets)
                + ttl.map(time -> " (" + time.toSeconds() + " s)").orElse("")
                + (routing instanceof RoutingPolicy.Simple ? "" : ", " + routing)
                + healthCheckId.map(id -> ", health check " + id).orElse("")
                + options.healthCheck().map(check -> ", health check " + check).orElse("")
                + options.pinnedZone().map(zone -> ", in zone " + zone).orElse("")
                + (options.horizon() == Horizon.ANY ? "" : ", seen by " + options.horizon())
                + ", wanted by " + cause.text();
    }
}
