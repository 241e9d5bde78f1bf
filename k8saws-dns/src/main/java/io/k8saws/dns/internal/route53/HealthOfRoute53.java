package io.k8saws.dns.internal.route53;

import io.k8saws.dns.health.HealthCheck;
import io.k8saws.dns.health.TargetCheck;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.internal.seam.AwsClients;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.HealthCheckConfig;
import software.amazon.awssdk.services.route53.model.HealthCheckType;
import software.amazon.awssdk.services.route53.model.Tag;
import software.amazon.awssdk.services.route53.model.TagResourceType;

/** Health checks of an account. Safe to use from many threads. */
final class HealthOfRoute53 implements HealthCalls {
    private static final int TAGGED_AT_ONCE = 10; // API reference, ListTagsForResources

    private final Route53Client route53;

    HealthOfRoute53(AwsClients aws) {
        this.route53 = aws.route53();
    }

    @Override
    public List<Found> list() {
        List<Found> found = new ArrayList<>();
        route53.listHealthChecksPaginator(r -> {}).healthChecks().forEach(one -> found.add(found(one)));
        return found;
    }

    private static Found found(software.amazon.awssdk.services.route53.model.HealthCheck one) {
        HealthCheckConfig config = one.healthCheckConfig();
        return new Found(
                one.id(),
                one.callerReference() == null ? "" : one.callerReference(),
                config == null ? Optional.empty() : check(config),
                config == null ? Set.of() : new HashSet<>(config.childHealthChecks()));
    }

    /** What this library would have made so; empty for all else, such as one that is turned round or looks for a word. */
    private static Optional<TargetCheck> check(HealthCheckConfig config) {
        String name = config.fullyQualifiedDomainName();
        String target = isSaid(config.ipAddress()) ? config.ipAddress() : name;
        boolean isOurs = isSaid(target)
                && config.port() != null
                && config.failureThreshold() != null
                && config.requestInterval() != null
                && !Boolean.TRUE.equals(config.inverted())
                && !Boolean.TRUE.equals(config.disabled());
        if (!isOurs) {
            return Optional.empty();
        }
        try {
            HealthCheck.Type type = HealthCheck.Type.valueOf(config.typeAsString());
            String path = type == HealthCheck.Type.TCP || config.resourcePath() == null ? "" : config.resourcePath();
            return Optional.of(new TargetCheck(
                    new HealthCheck(
                            type,
                            Optional.empty(),
                            config.port(),
                            path,
                            config.failureThreshold(),
                            config.requestInterval()),
                    target,
                    isSaid(name) ? Optional.of(name) : Optional.empty()));
        } catch (IllegalArgumentException | InvalidSpecException e) {
            return Optional.empty();
        }
    }

    private static boolean isSaid(@Nullable String text) {
        return text != null && !text.isEmpty();
    }

    @Override
    public Found create(String reference, TargetCheck check) {
        HealthCheckConfig.Builder config = HealthCheckConfig.builder()
                .type(HealthCheckType.fromValue(check.check().type().name()))
                .port(check.check().port())
                .failureThreshold(check.check().threshold())
                .requestInterval(check.check().interval());
        if (check.isOfAddress()) {
            config.ipAddress(check.target());
            check.shown().ifPresent(config::fullyQualifiedDomainName);
        } else {
            config.fullyQualifiedDomainName(check.target());
        }
        if (!check.check().path().isEmpty()) {
            config.resourcePath(check.check().path());
        }
        return found(route53.createHealthCheck(r -> r.callerReference(reference).healthCheckConfig(config.build()))
                .healthCheck());
    }

    @Override
    public void delete(String id) {
        route53.deleteHealthCheck(r -> r.healthCheckId(id));
    }

    @Override
    public Map<String, Map<String, String>> tags(Collection<String> ids) {
        Map<String, Map<String, String>> tags = new HashMap<>();
        List<String> all = ids.stream().sorted().toList();
        for (int from = 0; from < all.size(); from += TAGGED_AT_ONCE) {
            List<String> some = all.subList(from, Math.min(all.size(), from + TAGGED_AT_ONCE));
            route53.listTagsForResources(
                            r -> r.resourceType(TagResourceType.HEALTHCHECK).resourceIds(some))
                    .resourceTagSets()
                    .forEach(set -> {
                        Map<String, String> one = new HashMap<>();
                        set.tags().forEach(tag -> one.put(tag.key(), tag.value() == null ? "" : tag.value()));
                        tags.put(set.resourceId(), one);
                    });
        }
        return tags;
    }

    @Override
    public void tag(String id, Map<String, String> put, List<String> remove) {
        List<Tag> tags = new ArrayList<>();
        put.forEach((key, value) -> tags.add(Tag.builder().key(key).value(value).build()));
        route53.changeTagsForResource(r -> {
            r.resourceType(TagResourceType.HEALTHCHECK).resourceId(id);
            if (!tags.isEmpty()) {
                r.addTags(tags);
            }
            if (!remove.isEmpty()) {
                r.removeTagKeys(remove);
            }
        });
    }
}
