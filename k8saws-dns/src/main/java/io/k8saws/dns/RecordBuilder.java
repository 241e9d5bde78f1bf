package io.k8saws.dns;

import io.k8saws.dns.health.HealthCheck;
import io.k8saws.dns.record.Cause;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.record.EndpointOptions;
import io.k8saws.dns.record.EndpointOptions.AliasWish;
import io.k8saws.dns.record.Horizon;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Says where a name leads. Not thread-safe. */
public final class RecordBuilder {
    private static final Pattern OCTETS = Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.|$)){4}");
    private static final Pattern HEXADECIMAL = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final Pattern MAIL = Pattern.compile("\\d{1,5} \\S+");
    private static final Pattern SERVICE = Pattern.compile("\\d{1,5} \\d{1,5} \\d{1,5} \\S+");
    private static final int LONGEST_SET = 128; // API reference, ResourceRecordSet

    private final DnsName name;
    private final Cause cause;
    private final Map<RecordType, List<String>> targets = new EnumMap<>(RecordType.class);
    private final List<Violation> violations = new ArrayList<>();
    private Optional<Duration> ttl = Optional.empty();
    private Optional<String> set = Optional.empty();
    private RoutingPolicy routing = new RoutingPolicy.Simple();
    private Optional<String> healthCheck = Optional.empty();
    private EndpointOptions options = EndpointOptions.defaults();

    RecordBuilder(DnsName name, Cause cause) {
        this.name = name;
        this.cause = cause;
    }

    /**
     * Leads to addresses of version 4 or 6.
     *
     * @param addresses the addresses
     * @return this builder
     */
    public RecordBuilder addresses(String... addresses) {
        for (String address : addresses) {
            if (OCTETS.matcher(address).matches()) {
                value(RecordType.A, address);
            } else if (HEXADECIMAL.matcher(address).matches()) {
                value(RecordType.AAAA, address);
            } else {
                refuse("addresses", "'" + address + "' is no address", "write one, or take host(...)");
            }
        }
        return this;
    }

    /**
     * Leads to another name: an alias when that is one of a load balancer, of CloudFront or the like, else a CNAME.
     *
     * @param host the other name
     * @return this builder
     */
    public RecordBuilder host(String host) {
        return value(RecordType.CNAME, host);
    }

    /**
     * Has texts.
     *
     * @param texts the texts, without quotes
     * @return this builder
     */
    public RecordBuilder texts(String... texts) {
        for (String text : texts) {
            value(RecordType.TXT, text);
        }
        return this;
    }

    /**
     * Has a value of any type that this library writes.
     *
     * @param type the type
     * @param value as in a zone file: {@code 10 mail.example.com} for MX, {@code 0 5 443 host.example.com} for SRV
     * @return this builder
     */
    public RecordBuilder value(RecordType type, String value) {
        if (type == RecordType.MX && !MAIL.matcher(value).matches()) {
            refuse(
                    "value",
                    "'" + value + "' is no mail exchange",
                    "write a preference and a host: 10 mail.example.com");
        }
        if (type == RecordType.SRV && !SERVICE.matcher(value).matches()) {
            refuse(
                    "value",
                    "'" + value + "' is no service",
                    "write priority, weight, port and host: 0 5 443 host.example.com");
        }
        targets.computeIfAbsent(type, key -> new ArrayList<>()).add(value);
        return this;
    }

    /**
     * Limits how long answers may be kept.
     *
     * @param time in whole seconds, from 0 to 2147483647; five minutes unless said otherwise. An alias has that of its target
     * @return this builder
     */
    public RecordBuilder ttl(Duration time) {
        if (time.isNegative() || time.toSeconds() > Integer.MAX_VALUE || time.toNanosPart() != 0) {
            refuse("ttl", "it is " + time, "take whole seconds from PT0S to PT2147483647S");
        }
        ttl = Optional.of(time);
        return this;
    }

    /**
     * Makes it one of several records of this name, of which Route 53 chooses.
     *
     * @param setIdentifier which of them it is, 1 to 128 characters
     * @param policy how Route 53 chooses
     * @return this builder
     */
    public RecordBuilder routed(String setIdentifier, RoutingPolicy policy) {
        if (setIdentifier.isEmpty() || setIdentifier.length() > LONGEST_SET) {
            refuse("routed", "the identifier has " + setIdentifier.length() + " characters", "take 1 to 128");
        }
        if (policy instanceof RoutingPolicy.Simple || policy instanceof RoutingPolicy.Foreign) {
            refuse("routed", "the policy is " + policy, "take another one, or leave this out for a simple record");
        }
        if (policy instanceof RoutingPolicy.Weighted weighted && (weighted.weight() < 0 || weighted.weight() > 255)) {
            refuse("routed", "the weight is " + weighted.weight(), "take one from 0 to 255");
        }
        set = Optional.of(setIdentifier);
        routing = policy;
        return this;
    }

    /**
     * Makes it depend on a health check.
     *
     * @param id the id of one that is there
     * @return this builder
     */
    public RecordBuilder healthCheck(String id) {
        healthCheck = Optional.of(id);
        return this;
    }

    /**
     * Makes it depend on a health check that is made for it, watches where it leads, and goes when no record uses it any more. The record leads to one address or host.
     *
     * @param check what is asked
     * @return this builder
     */
    public RecordBuilder healthCheck(HealthCheck check) {
        options = options.withHealthCheck(check);
        return this;
    }

    /**
     * Says whether a host name becomes an alias.
     *
     * @param wish aliases for names of AWS unless said otherwise
     * @return this builder
     */
    public RecordBuilder alias(AliasWish wish) {
        options = options.withAlias(wish);
        return this;
    }

    /**
     * Says whether an alias answers only while its target is healthy.
     *
     * @param evaluate true unless said otherwise
     * @return this builder
     */
    public RecordBuilder evaluateTargetHealth(boolean evaluate) {
        options = options.withEvaluateTargetHealth(evaluate);
        return this;
    }

    /**
     * Puts it into one zone and no other.
     *
     * @param zoneId the zone's id
     * @return this builder
     */
    public RecordBuilder inZone(String zoneId) {
        options = options.withPinnedZone(zoneId);
        return this;
    }

    /**
     * Says who shall get the answer: so a name can lead elsewhere in VPCs than on the internet.
     *
     * @param horizon anybody unless said otherwise
     * @return this builder
     */
    public RecordBuilder seenBy(Horizon horizon) {
        options = options.withHorizon(horizon);
        return this;
    }

    /**
     * Makes records back from its addresses to the name, where a zone holds them.
     *
     * @return this builder
     */
    public RecordBuilder reversed() {
        options = options.withPtr(true);
        return this;
    }

    private void refuse(String path, String problem, String fix) {
        violations.add(new Violation(path, problem, fix));
    }

    /** One for each type; none of what is wrong, and {@link #violations} tells of it then. */
    List<Endpoint> endpoints() {
        if (targets.isEmpty() && violations.isEmpty()) {
            refuse("targets", "it leads nowhere", "say addresses, host, texts or value");
        }
        if (targets.containsKey(RecordType.CNAME)
                && (targets.size() > 1 || targets.get(RecordType.CNAME).size() > 1)) {
            refuse("host", "it leads to a host and elsewhere", "a name that leads to a host has nothing else");
        }
        if (healthCheck.isPresent() && options.healthCheck().isPresent()) {
            refuse("healthCheck", "it has the id of one and wants another", "keep one of them");
        }
        List<Endpoint> made = new ArrayList<>();
        targets.forEach((type, values) -> {
            try {
                made.add(new Endpoint(name, type, values, ttl, set, routing, healthCheck, options, cause));
            } catch (InvalidSpecException e) {
                e.violations().forEach(one -> refuse(field(type), one.problem(), one.fix()));
            }
        });
        return violations.isEmpty() ? made : List.of();
    }

    /** By what a type is said. */
    private static String field(RecordType type) {
        return switch (type) {
            case A, AAAA -> "addresses";
            case CNAME -> "host";
            case TXT -> "texts";
            default -> "value";
        };
    }

    /** What is wrong, as far as it was looked at. */
    List<Violation> violations() {
        return List.copyOf(violations);
    }

    Set<RecordType> types() {
        return targets.keySet();
    }

    Optional<String> set() {
        return set;
    }

    EndpointOptions options() {
        return options;
    }
}
