package io.k8saws.dns.controller;

import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.source.ObjectKey;
import io.k8saws.dns.zone.HostedZone;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Gathers what is told of a name, a line for each thing and each thing once. Not thread-safe. */
final class Explanation {
    private final List<String> lines = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();

    /** Begins with who wants the name, and what is to be said of that. */
    Explanation(DnsName name, Collection<ObjectKey> objects, String more) {
        lines.add(name + ", wanted by " + (objects.isEmpty() ? "nobody" : joined(objects)) + more);
    }

    /** Of a controller that does not lead: it knows what objects want, once it has seen the cluster, and nothing of zones. */
    static String withoutLead(DnsName name, boolean isSynced, Collection<ObjectKey> objects) {
        return isSynced
                ? new Explanation(name, objects, "; this controller does not lead").toString()
                : name + ": it is not known yet what the cluster has";
    }

    static String joined(Collection<ObjectKey> objects) {
        return objects.stream().sorted().map(ObjectKey::toString).collect(Collectors.joining(", "));
    }

    /** What a zone has and gets. */
    void add(HostedZone zone, NamePlan plan) {
        lines.add("  in " + zone + ":" + (plan.isEmpty() ? " nothing to do" : ""));
        plan.changes().forEach(change -> lines.add("    " + change));
        plan.findings().forEach(finding -> {
            findings.add(finding.toString());
            lines.add("    " + finding);
        });
    }

    /** What is in the way, unless a plan has found just that. */
    void add(String why) {
        String rest = why;
        for (String finding : findings) {
            rest = rest.replace(finding, "");
        }
        if (!rest.replace(';', ' ').isBlank()) {
            lines.add("  " + why);
        }
    }

    /** The lines. */
    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
