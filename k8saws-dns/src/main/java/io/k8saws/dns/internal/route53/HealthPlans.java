package io.k8saws.dns.internal.route53;

import io.k8saws.dns.plan.DnsPlan;
import io.k8saws.dns.plan.DnsPlanner;
import io.k8saws.dns.plan.Finding;
import io.k8saws.dns.plan.KeptNames;
import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.ZoneContent;
import io.k8saws.dns.plan.ZonePlan;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.dns.zone.ZoneChoice;
import io.k8saws.error.AwsCallException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Plans of whole zones in which records want health checks. */
public final class HealthPlans {
    private HealthPlans() {}

    /**
     * Plans with what there is of checks in the zones in which one is wanted.
     *
     * @param planner plans
     * @param endpoints what is wanted
     * @param choice the zones
     * @param contents what is in them
     * @param spared whether a name loses nothing for now
     * @param kept names that keep what they have
     * @param accounts reaches their accounts
     * @return what is there has ids in it, what is to come has texts; where checks cannot be listed, names that want one stay as they are, and it says why
     */
    public static DnsPlan plan(
            DnsPlanner planner,
            Collection<Endpoint> endpoints,
            ZoneChoice choice,
            Map<String, ZoneContent> contents,
            Predicate<DnsName> spared,
            KeptNames kept,
            ZoneAccounts accounts) {
        Set<HostedZone> checked = new HashSet<>();
        endpoints.stream()
                .filter(one -> one.options().healthCheck().isPresent())
                .forEach(one ->
                        checked.addAll(choice.choose(one.name(), one.options()).zones()));
        Map<String, HealthTexts> texts = new HashMap<>();
        Map<String, String> unknown = new HashMap<>();
        Map<String, ZoneContent> read = new HashMap<>(contents);
        for (HostedZone zone : checked) {
            HealthChecks checks = accounts.checks(zone);
            try {
                checks.refresh();
            } catch (AwsCallException e) {
                unknown.put(zone.id(), String.valueOf(e.getMessage()));
            }
            texts.put(zone.id(), checks.texts());
            read.computeIfPresent(zone.id(), (id, content) -> content.with(checks.texts()::read));
        }
        DnsPlan plan = planner.plan(endpoints, choice, read, spared, kept);
        List<ZonePlan> zones = new ArrayList<>();
        for (ZonePlan zone : plan.zones()) {
            HealthTexts known = texts.getOrDefault(zone.zone().id(), HealthTexts.NONE);
            Optional<String> why = Optional.ofNullable(unknown.get(zone.zone().id()));
            zones.add(new ZonePlan(
                    zone.zone(),
                    zone.names().stream()
                            .map(known::before)
                            .map(name -> why.map(text -> held(name, text)).orElse(name))
                            .toList(),
                    zone.owned(),
                    zone.ownedSets()));
        }
        return new DnsPlan(plan.owner(), plan.policy(), zones, plan.findings(), plan.silenced());
    }

    /** Nobody can tell whether the check of a name is there already, so the name stays as it is. */
    private static NamePlan held(NamePlan name, String why) {
        if (HealthTexts.wanted(name).isEmpty()) {
            return name;
        }
        List<Finding> findings = new ArrayList<>(name.findings());
        findings.add(new Finding(
                name.name(),
                Finding.Kind.INVALID,
                "its health check cannot be looked for, so it stays as it is: " + why));
        return new NamePlan(name.name(), List.of(), name.causes(), findings);
    }
}
