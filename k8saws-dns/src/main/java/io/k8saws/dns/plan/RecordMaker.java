package io.k8saws.dns.plan;

import io.k8saws.dns.alias.AliasTargets;
import io.k8saws.dns.alias.AliasTargets.AliasTarget;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.record.EndpointOptions.AliasWish;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.zone.HostedZone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes record sets of what sources want: host names of AWS become aliases, texts get their quotes. Pure but for what alias targets are asked. */
record RecordMaker(AliasTargets aliases, Duration ttl) {
    private static final int LONGEST_STRING = 255; // RFC 1035, section 3.3

    List<Wanted> make(Endpoint endpoint, HostedZone zone, Consumer<Finding> findings) {
        if (endpoint.type() == RecordType.CNAME) {
            return host(endpoint, zone, findings);
        }
        if (endpoint.type() == RecordType.NS && endpoint.name().equals(zone.name())) {
            findings.accept(invalid(endpoint, "the name servers of " + zone + " are Route 53's own"));
            return List.of();
        }
        if (endpoint.options().healthCheck().isPresent()
                && endpoint.targets().size() > 1
                && isWatched(endpoint.type())) {
            findings.accept(invalid(
                    endpoint,
                    "a health check is wanted, which watches one address, and it leads to " + endpoint.targets()
                            + "; make a record for each with a routing policy such as multivalue"));
            return List.of();
        }
        return List.of(wanted(endpoint, endpoint.type(), values(endpoint)));
    }

    private static boolean isWatched(RecordType type) {
        return type == RecordType.A || type == RecordType.AAAA || type == RecordType.CNAME;
    }

    /** The id of a check that is there, or the text of one that is to be. */
    private static Optional<String> health(Endpoint endpoint) {
        return endpoint.healthCheckId().or(() -> endpoint.options()
                .healthCheck()
                .filter(check -> isWatched(endpoint.type()))
                .map(check ->
                        check.of(endpoint.name().text(), watched(endpoint)).text()));
    }

    private static String watched(Endpoint endpoint) {
        String target = endpoint.targets().get(0);
        return endpoint.type() == RecordType.CNAME ? DnsName.of(target).text() : target;
    }

    private List<Wanted> host(Endpoint endpoint, HostedZone zone, Consumer<Finding> findings) {
        DnsName target = DnsName.of(endpoint.targets().get(0));
        AliasWish wish = endpoint.options().alias();
        Optional<AliasTarget> known = wish == AliasWish.NONE ? Optional.empty() : aliases.find(target);
        if (wish == AliasWish.NONE
                || (wish == AliasWish.AUTO
                        && known.isEmpty()
                        && endpoint.options().aliasTargetZone().isEmpty())) {
            if (endpoint.name().equals(zone.name())) {
                findings.accept(invalid(
                        endpoint,
                        "a CNAME cannot stand at the head of " + zone + ", and " + target
                                + " is no host name of AWS to which an alias could lead"));
                return List.of();
            }
            return List.of(wanted(endpoint, RecordType.CNAME, values(endpoint)));
        }
        Optional<String> targetZone = endpoint.options()
                .aliasTargetZone()
                .map(HostedZone::bareId)
                .or(() -> known.map(AliasTarget::zoneId))
                .or(() -> target.endsWith(zone.name()) ? Optional.of(zone.id()) : Optional.empty());
        if (targetZone.isEmpty()) {
            findings.accept(
                    invalid(endpoint, "an alias to " + target + " is wanted, which is neither AWS's nor in " + zone));
            return List.of();
        }
        boolean follows = endpoint.options().evaluateTargetHealth()
                && known.map(AliasTarget::tellsHealth).orElse(true);
        Answer alias = new Answer.Alias(targetZone.get(), target, follows);
        List<Wanted> made = new ArrayList<>();
        if (wish != AliasWish.AAAA) {
            made.add(wanted(endpoint, RecordType.A, alias));
        }
        if (wish == AliasWish.AAAA
                || wish == AliasWish.BOTH
                || (wish == AliasWish.AUTO && known.filter(AliasTarget::hasIpv6).isPresent())) {
            made.add(wanted(endpoint, RecordType.AAAA, alias));
        }
        return made;
    }

    private static Finding invalid(Endpoint endpoint, String text) {
        return new Finding(
                endpoint.name(), Finding.Kind.INVALID, endpoint.cause().text() + ": " + text);
    }

    private static Wanted wanted(Endpoint endpoint, RecordType type, Answer answer) {
        return new Wanted(
                new RecordSet(
                        endpoint.name(), type, endpoint.setIdentifier(), endpoint.routing(), health(endpoint), answer),
                endpoint.cause());
    }

    private Answer values(Endpoint endpoint) {
        return new Answer.Values(
                endpoint.ttl().orElse(ttl),
                endpoint.targets().stream()
                        .map(target -> endpoint.type() == RecordType.TXT ? quoted(target) : target)
                        .toList());
    }

    /** A text in quotes, cut where a string would be too long. */
    static String quoted(String text) {
        if (text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")) {
            return text;
        }
        StringBuilder quoted = new StringBuilder();
        for (int from = 0; from == 0 || from < text.length(); from += LONGEST_STRING) {
            String part = text.substring(from, Math.min(text.length(), from + LONGEST_STRING));
            quoted.append(from == 0 ? "\"" : " \"")
                    .append(part.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
        }
        return quoted.toString();
    }
}
