package io.k8saws.dns.source;

import io.k8saws.dns.health.HealthCheck;
import io.k8saws.dns.record.EndpointOptions;
import io.k8saws.dns.record.Horizon;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Reads what external-dns calls provider properties, from annotations or from its own objects. A wish that only betters an answer and cannot be read is told and left
 * out. One that changes which record it is, such as a weight, breaks the object's records: made without it, they would be others.
 */
final class WishReader {
    private static final String CHECK = "aws-health-check";

    private final Function<String, Optional<String>> values;
    private final UnaryOperator<String> path;
    private final Problems problems;
    private boolean broken;

    WishReader(Function<String, Optional<String>> values, UnaryOperator<String> path, Problems problems) {
        this.values = values;
        this.path = path;
        this.problems = problems;
    }

    Wishes read() {
        Optional<String> set = values.apply("set-identifier");
        if (set.filter(text -> text.length() > 128).isPresent()) {
            breaks("set-identifier", "it has more than 128 characters", "shorten it");
        }
        RoutingPolicy routing = routing();
        if (!broken && !(routing instanceof RoutingPolicy.Simple) && set.isEmpty()) {
            breaks(
                    "set-identifier",
                    "it is missing, and each record with a routing policy needs one",
                    "name the record, for example by its cluster");
        }
        if (!broken && routing instanceof RoutingPolicy.Simple && set.isPresent()) {
            breaks(
                    "set-identifier",
                    "it is only for records with a routing policy, and there is none",
                    "remove it, or add for example aws-weight");
        }
        Optional<Duration> ttl = ttl();
        EndpointOptions options = options();
        return new Wishes(ttl, set, routing, values.apply("aws-health-check-id"), options, broken);
    }

    private Optional<Duration> ttl() {
        Optional<String> text = values.apply("ttl");
        Optional<Duration> ttl = text.flatMap(Ttls::read);
        if (text.isPresent() && ttl.isEmpty()) {
            problem(
                    "ttl",
                    "'" + text.get() + "' is not a time to live, so the default is taken",
                    "write seconds from 1 to 2147483647, or a duration such as 5m");
        }
        return ttl;
    }

    private EndpointOptions options() {
        EndpointOptions options = EndpointOptions.defaults();
        Optional<String> alias = values.apply("alias");
        if (alias.isPresent()) {
            options = switch (alias.get().toLowerCase(Locale.ROOT)) {
                case "true" -> options.withAlias(EndpointOptions.AliasWish.BOTH);
                case "a" -> options.withAlias(EndpointOptions.AliasWish.A);
                case "aaaa" -> options.withAlias(EndpointOptions.AliasWish.AAAA);
                case "false" -> options.withAlias(EndpointOptions.AliasWish.NONE);
                default -> {
                    problem("alias", "'" + alias.get() + "' is unknown", "write true, A, AAAA or false");
                    yield options;
                }
            };
        }
        Optional<String> health = values.apply("aws-evaluate-target-health");
        if (health.isPresent()) {
            boolean isTrue = health.get().equalsIgnoreCase("true");
            if (!isTrue && !health.get().equalsIgnoreCase("false")) {
                problem(
                        "aws-evaluate-target-health",
                        "'" + health.get() + "' is unknown, so false is taken",
                        "write true or false");
            }
            options = options.withEvaluateTargetHealth(isTrue);
        }
        Optional<String> targetZone = values.apply("aws-target-hosted-zone");
        if (targetZone.isPresent()) {
            options = options.withAliasTargetZone(zone(targetZone.get()));
        }
        Optional<String> pinned = values.apply("aws-hosted-zone-id");
        if (pinned.isPresent()) {
            options = options.withPinnedZone(zone(pinned.get()));
        }
        Optional<String> horizon = values.apply("aws-zone-type");
        if (horizon.isPresent()) {
            switch (horizon.get().toLowerCase(Locale.ROOT)) {
                case "public" -> options = options.withHorizon(Horizon.PUBLIC);
                case "private" -> options = options.withHorizon(Horizon.PRIVATE);
                default -> breaks("aws-zone-type", "'" + horizon.get() + "' is unknown", "write public or private");
            }
        }
        options = healthCheck().map(options::withHealthCheck).orElse(options);
        if (values.apply("record-type").filter("ptr"::equalsIgnoreCase).isPresent()) {
            options = options.withPtr(true);
        }
        return options;
    }

    /** A check that is to be made. One that cannot be read holds the record: without it, it would answer for what is not healthy. */
    private Optional<HealthCheck> healthCheck() {
        Optional<String> type = values.apply(CHECK);
        if (type.isEmpty()) {
            return Optional.empty();
        }
        if (values.apply("aws-health-check-id").isPresent()) {
            breaks(CHECK, "there is aws-health-check-id, too", "keep one of them");
            return Optional.empty();
        }
        try {
            HealthCheck check =
                    switch (type.get().toUpperCase(Locale.ROOT)) {
                        case "HTTP" -> HealthCheck.http();
                        case "HTTPS" -> HealthCheck.https();
                        case "TCP" -> HealthCheck.tcp(number("port", 0));
                        default ->
                            throw new InvalidSpecException(
                                    "Read a health check",
                                    List.of(new Violation(
                                            "type", "'" + type.get() + "' is unknown", "write HTTP, HTTPS or TCP")));
                    };
            check = new HealthCheck(
                    check.type(),
                    values.apply(CHECK + "-host"),
                    number("port", check.port()),
                    values.apply(CHECK + "-path").orElse(check.path()),
                    number("threshold", check.threshold()),
                    number("interval", check.interval()));
            return Optional.of(check);
        } catch (InvalidSpecException e) {
            e.violations()
                    .forEach(one -> breaks(
                            one.path().equals("type") ? CHECK : CHECK + "-" + one.path(), one.problem(), one.fix()));
            return Optional.empty();
        }
    }

    private int number(String suffix, int otherwise) {
        Optional<String> text = values.apply(CHECK + "-" + suffix);
        if (text.filter(one -> !one.matches("[0-9]{1,5}")).isPresent()) {
            throw new InvalidSpecException(
                    "Read a health check",
                    List.of(new Violation(suffix, "'" + text.get() + "' is no number", "write a whole number")));
        }
        return text.map(Integer::parseInt).orElse(otherwise);
    }

    private static String zone(String id) {
        return id.startsWith("/hostedzone/") ? id.substring("/hostedzone/".length()) : id;
    }

    private RoutingPolicy routing() {
        List<RoutingPolicy> asked = new ArrayList<>();
        values.apply("aws-weight").ifPresent(text -> weight(text).ifPresent(asked::add));
        values.apply("aws-region").ifPresent(text -> asked.add(new RoutingPolicy.Latency(text)));
        values.apply("aws-failover").ifPresent(text -> failover(text).ifPresent(asked::add));
        geolocation().ifPresent(asked::add);
        geoproximity().ifPresent(asked::add);
        values.apply("aws-multi-value-answer")
                .filter(text -> !text.equalsIgnoreCase("false"))
                .ifPresent(text -> asked.add(new RoutingPolicy.Multivalue()));
        if (asked.size() > 1) {
            breaks("aws-*", "several routing policies are asked for", "keep one of them");
        }
        return asked.isEmpty() ? new RoutingPolicy.Simple() : asked.get(0);
    }

    private Optional<RoutingPolicy> weight(String text) {
        OptionalLong weight = whole(text);
        if (weight.isEmpty() || weight.getAsLong() < 0 || weight.getAsLong() > 255) {
            breaks("aws-weight", "'" + text + "' is not a weight", "write a whole number from 0 to 255");
            return Optional.empty();
        }
        return Optional.of(new RoutingPolicy.Weighted(weight.getAsLong()));
    }

    private Optional<RoutingPolicy> failover(String text) {
        return switch (text.toUpperCase(Locale.ROOT)) {
            case "PRIMARY" -> Optional.of(new RoutingPolicy.Failover(RoutingPolicy.Failover.Role.PRIMARY));
            case "SECONDARY" -> Optional.of(new RoutingPolicy.Failover(RoutingPolicy.Failover.Role.SECONDARY));
            default -> {
                breaks("aws-failover", "'" + text + "' is unknown", "write PRIMARY or SECONDARY");
                yield Optional.empty();
            }
        };
    }

    private Optional<RoutingPolicy> geolocation() {
        Optional<String> continent = values.apply("aws-geolocation-continent-code");
        Optional<String> country = values.apply("aws-geolocation-country-code");
        Optional<String> subdivision = values.apply("aws-geolocation-subdivision-code");
        if (continent.isEmpty() && country.isEmpty() && subdivision.isEmpty()) {
            return Optional.empty();
        }
        if (continent.isPresent() && (country.isPresent() || subdivision.isPresent())) {
            breaks(
                    "aws-geolocation-continent-code",
                    "a continent goes with neither a country nor a subdivision",
                    "name either");
            return Optional.empty();
        }
        if (subdivision.isPresent() && country.isEmpty()) {
            breaks("aws-geolocation-subdivision-code", "its country is missing", "add aws-geolocation-country-code");
            return Optional.empty();
        }
        return Optional.of(new RoutingPolicy.Geolocation(continent, country, subdivision));
    }

    private Optional<RoutingPolicy> geoproximity() {
        Optional<String> region = values.apply("aws-geoproximity-region");
        Optional<String> group = values.apply("aws-geoproximity-local-zone-group");
        Optional<String> coordinates = values.apply("aws-geoproximity-coordinates");
        Optional<String> biasText = values.apply("aws-geoproximity-bias");
        int places = (region.isPresent() ? 1 : 0) + (group.isPresent() ? 1 : 0) + (coordinates.isPresent() ? 1 : 0);
        if (places == 0 && biasText.isEmpty()) {
            return Optional.empty();
        }
        if (places != 1) {
            breaks(
                    "aws-geoproximity-*",
                    places == 0 ? "a bias without a place" : "several places",
                    "name a region, a local zone group or coordinates");
            return Optional.empty();
        }
        OptionalLong bias = whole(biasText.orElse("0"));
        if (bias.isEmpty() || bias.getAsLong() < -99 || bias.getAsLong() > 99) {
            breaks(
                    "aws-geoproximity-bias",
                    "'" + biasText.orElse("") + "' is not a bias",
                    "write a whole number from -99 to 99");
            return Optional.empty();
        }
        if (coordinates.filter(text -> !isCoordinates(text)).isPresent()) {
            breaks(
                    "aws-geoproximity-coordinates",
                    "'" + coordinates.get() + "' are not coordinates",
                    "write latitude,longitude with at most two decimals, such as 49.22,-74.01");
            return Optional.empty();
        }
        return Optional.of(new RoutingPolicy.Geoproximity(region, group, coordinates, (int) bias.getAsLong()));
    }

    private static boolean isCoordinates(String text) {
        String[] parts = text.split(",", -1);
        return parts.length == 2 && isDegrees(parts[0].trim(), 90) && isDegrees(parts[1].trim(), 180);
    }

    private static boolean isDegrees(String text, int most) {
        return text.matches("-?[0-9]{1,3}(\\.[0-9]{1,2})?") && Math.abs(Double.parseDouble(text)) <= most;
    }

    private static OptionalLong whole(String text) {
        return text.matches("[+-]?[0-9]{1,9}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    private void problem(String suffix, String problem, String fix) {
        problems.add(path.apply(suffix), problem, fix);
    }

    private void breaks(String suffix, String problem, String fix) {
        broken = true;
        problem(suffix, problem, fix);
    }
}
