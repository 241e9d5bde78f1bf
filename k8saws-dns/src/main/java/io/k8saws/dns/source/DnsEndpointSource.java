package io.k8saws.dns.source;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The names of an object of external-dns's own kind, {@code DNSEndpoint} of {@code externaldns.k8s.io/v1alpha1}. Pure. */
final class DnsEndpointSource {
    private final Deriving deriving;
    private final GenericKubernetesResource object;

    private DnsEndpointSource(GenericKubernetesResource object, SourceSettings settings) {
        this.object = object;
        this.deriving = new Deriving(object, SourceKind.DNS_ENDPOINT, settings);
    }

    static Derivation of(GenericKubernetesResource object, SourceSettings settings) {
        DnsEndpointSource source = new DnsEndpointSource(object, settings);
        return source.deriving.annotations().isForAnother() ? Derivation.nothing() : source.derived();
    }

    private Derivation derived() {
        Object endpoints = object.get("spec", "endpoints");
        if (endpoints instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                if (list.get(i) instanceof Map<?, ?> endpoint) {
                    endpoint("spec.endpoints[" + i + "]", endpoint);
                }
            }
        }
        return deriving.done();
    }

    private void endpoint(String path, Map<?, ?> endpoint) {
        Optional<DnsName> name = deriving.problems().name(path + ".dnsName", text(endpoint.get("dnsName")));
        Optional<RecordType> type = type(path + ".recordType", text(endpoint.get("recordType")));
        if (name.isEmpty() || type.isEmpty()) {
            name.ifPresent(deriving::hold);
            return;
        }
        Map<String, String> properties = properties(endpoint);
        Wishes read = new WishReader(
                        suffix -> Optional.ofNullable(properties.get(suffix)).filter(value -> !value.isBlank()),
                        suffix -> path
                                + (suffix.equals("set-identifier")
                                        ? ".setIdentifier"
                                        : ".providerSpecific[" + suffix.replaceFirst("^aws-", "aws/") + "]"),
                        deriving.problems())
                .read();
        Wishes wishes = new Wishes(
                ttl(path, endpoint.get("recordTTL")),
                read.setIdentifier(),
                read.routing(),
                read.healthCheckId(),
                read.options(),
                read.isBroken());
        List<String> targets = targets(endpoint);
        if (targets.isEmpty()) {
            deriving.want(name.get(), Targets.none(), wishes, "object");
        } else {
            deriving.want(name.get(), type.get(), targets, wishes, "object");
        }
    }

    private Optional<RecordType> type(String path, String text) {
        try {
            return Optional.of(RecordType.valueOf(text.isEmpty() ? "A" : text.toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            deriving.problems().add(path, "'" + text + "' is no type of record", "write for example A or CNAME");
            return Optional.empty();
        }
    }

    private Optional<Duration> ttl(String path, @Nullable Object ttl) {
        if (!(ttl instanceof Number number) || number.longValue() == 0) {
            return Optional.empty();
        }
        if (number.longValue() < 1 || number.longValue() > Integer.MAX_VALUE) {
            deriving.problems()
                    .add(
                            path + ".recordTTL",
                            number + " is not a time to live, so the default is taken",
                            "write seconds from 1 to 2147483647");
            return Optional.empty();
        }
        return Optional.of(Duration.ofSeconds(number.longValue()));
    }

    private static Map<String, String> properties(Map<?, ?> endpoint) {
        Map<String, String> properties = new HashMap<>();
        properties.put("set-identifier", text(endpoint.get("setIdentifier")));
        if (endpoint.get("providerSpecific") instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof Map<?, ?> property) {
                    properties.put(
                            text(property.get("name")).replaceFirst("^aws/", "aws-"), text(property.get("value")));
                }
            }
        }
        return properties;
    }

    private static List<String> targets(Map<?, ?> endpoint) {
        List<String> targets = new ArrayList<>();
        if (endpoint.get("targets") instanceof List<?> list) {
            list.stream().map(DnsEndpointSource::text).filter(t -> !t.isBlank()).forEach(targets::add);
        }
        return targets;
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : String.valueOf(value);
    }
}
