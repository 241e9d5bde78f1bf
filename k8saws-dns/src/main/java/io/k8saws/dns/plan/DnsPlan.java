package io.k8saws.dns.plan;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.k8saws.dns.record.DnsName;
import io.k8saws.error.K8sAwsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * What has to change so that names are as wanted, zone by zone. Immutable; a dry run is the plan itself. It prints as a list of changes, then of what is in the way.
 *
 * @param owner whose names
 * @param policy what may be done
 * @param zones what happens in each zone
 * @param findings what is in the way of names that belong into no zone
 * @param silenced kinds of objects, as they stand in marks, whose names go and of which none wants a name any more
 */
public record DnsPlan(
        String owner, ChangePolicy policy, List<ZonePlan> zones, List<Finding> findings, Set<String> silenced) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Copies the lists. */
    public DnsPlan {
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(policy, "policy");
        zones = List.copyOf(zones);
        findings = List.copyOf(findings);
        silenced = Set.copyOf(silenced);
    }

    /**
     * Whether all is as wanted, as far as it can be.
     *
     * @return whether nothing happens
     */
    public boolean isEmpty() {
        return zones.stream().allMatch(zone -> zone.changed().isEmpty());
    }

    /**
     * What is in the way, of all names.
     *
     * @return without what is in step
     */
    public List<Finding> problems() {
        List<Finding> all = new ArrayList<>(findings);
        zones.forEach(zone -> zone.names().forEach(name -> all.addAll(name.findings())));
        return all.stream().filter(Finding::isProblem).toList();
    }

    /**
     * How many names go.
     *
     * @return 0 or more, over all zones
     */
    public int deletions() {
        return zones.stream().mapToInt(ZonePlan::deletions).sum();
    }

    /**
     * How many record sets go, beside marks, and none comes in their place.
     *
     * @return 0 or more, over all zones
     */
    public int losses() {
        return zones.stream().mapToInt(ZonePlan::losses).sum();
    }

    /**
     * Refuses a plan by which many record sets go, or all names of a kind of objects. Sources that fail, or a filter with a typing error, want nothing; this keeps names from going because of that.
     *
     * @param most how many record sets may go in any case, marks not counted
     * @param share how many may go of those that are ours, from 0 to 1; the larger of the two counts
     * @return this plan
     * @throws K8sAwsException if more would go, or a kind of objects that had names wants none; it names some of them
     */
    public DnsPlan requireFewDeletions(int most, double share) {
        return requireFewDeletions(most, share, Set.of());
    }

    /**
     * Refuses a plan by which many record sets go, or all names of a kind of objects, but for kinds that shall have none.
     *
     * @param most how many record sets may go in any case, marks not counted
     * @param share how many may go of those that are ours, from 0 to 1; the larger of the two counts
     * @param mayBeSilent kinds that may want no name any more, as they stand in marks: {@code program} for {@link io.k8saws.dns.Records}, {@code service}, {@code ingress}
     * @return this plan
     * @throws K8sAwsException if more would go, or another kind of objects that had names wants none; it names some of them
     */
    public DnsPlan requireFewDeletions(int most, double share, Set<String> mayBeSilent) {
        if (most < 0 || !(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("A number of record sets is 0 or more and a share is from 0 to 1, got "
                    + most + " and " + share + ".");
        }
        int owned = zones.stream().mapToInt(ZonePlan::ownedSets).sum();
        int losses = losses();
        if (losses > Math.max(most, (int) Math.floor(share * owned))) {
            throw refused(
                    deletions() + " of "
                            + zones.stream().mapToInt(ZonePlan::owned).sum()
                            + " names would go, " + losses + " of " + owned + " record sets, and " + most
                            + " or a share of " + share + " are allowed",
                    "look whether a source or a filter fails; if they shall go, allow more");
        }
        Set<String> kinds = new TreeSet<>(silenced);
        kinds.removeAll(mayBeSilent);
        if (!kinds.isEmpty()) {
            throw refused(
                    losses + " record sets would go, and no object of kind " + String.join(", ", kinds)
                            + " wants a name any more",
                    "look whether a source fails; if its names shall go, name the kinds that may be silent");
        }
        return this;
    }

    private K8sAwsException refused(String why, String what) {
        List<String> losing = zones.stream()
                .flatMap(zone -> zone.names().stream())
                .filter(name -> name.losses() > 0)
                .map(name -> name.name().text())
                .toList();
        List<String> some = losing.stream().limit(5).toList();
        return new K8sAwsException(
                "Apply a plan of owner " + owner,
                why + ": " + some + (losing.size() > some.size() ? " and more" : ""),
                what,
                Map.of("owner", owner),
                null);
    }

    /**
     * Tells all that is known of a name: what happens to it and why, or why nothing does.
     *
     * @param name the name
     * @return lines of text; one that says so when nobody wants the name
     */
    public String explain(DnsName name) {
        List<String> lines = new ArrayList<>();
        for (ZonePlan zone : zones) {
            zone.names().stream().filter(one -> one.name().equals(name)).forEach(one -> {
                lines.add(name + " in " + zone.zone() + ", wanted by "
                        + (one.causes().isEmpty() ? "nobody" : String.join(", ", one.causes())));
                one.changes().forEach(change -> lines.add("  " + change));
                one.findings().forEach(finding -> lines.add("  " + finding));
            });
        }
        findings.stream().filter(one -> one.name().equals(name)).forEach(one -> lines.add(one.toString()));
        return lines.isEmpty()
                ? name + ": nobody wants it, and no record of it is marked as that of " + owner
                : String.join("\n", lines);
    }

    /**
     * The plan as JSON, with names, changes before and after, causes and findings.
     *
     * @return one object
     */
    public String toJson() {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", 1);
        root.put("owner", owner);
        root.put("policy", policy.name());
        ArrayNode all = root.putArray("zones");
        zones.forEach(zone -> {
            ObjectNode one = all.addObject();
            one.put("id", zone.zone().id());
            one.put("name", zone.zone().name().text());
            one.put("private", zone.zone().isPrivate());
            one.put("owned", zone.owned());
            ArrayNode names = one.putArray("names");
            zone.names().stream()
                    .filter(name -> !name.isEmpty() || name.findings().stream().anyMatch(Finding::isProblem))
                    .forEach(name -> json(name, names.addObject()));
        });
        ArrayNode rest = root.putArray("findings");
        findings.forEach(finding -> rest.add(finding.toString()));
        return root.toPrettyString();
    }

    private static void json(NamePlan name, ObjectNode node) {
        node.put("name", name.name().text());
        ArrayNode causes = node.putArray("causes");
        name.causes().forEach(causes::add);
        ArrayNode changes = node.putArray("changes");
        name.changes().forEach(change -> {
            ObjectNode one = changes.addObject();
            change.before().ifPresent(set -> one.put("before", set.toString()));
            change.after().ifPresent(set -> one.put("after", set.toString()));
        });
        ArrayNode findings = node.putArray("findings");
        name.findings().stream().filter(Finding::isProblem).forEach(finding -> findings.add(finding.toString()));
    }

    /** The changes by zones and names, then what is in the way. */
    @Override
    public String toString() {
        int changed = zones.stream().mapToInt(zone -> zone.changed().size()).sum();
        StringBuilder text = new StringBuilder("DNS of owner " + owner + ": ")
                .append(changed == 0 ? "nothing to do" : changed + " names to change, " + deletions() + " of them go");
        zones.stream().filter(zone -> !zone.changed().isEmpty()).forEach(zone -> {
            text.append("\n\n").append(zone.zone());
            zone.changed().forEach(name -> {
                text.append("\n  ").append(name.name());
                if (!name.causes().isEmpty()) {
                    text.append("  (").append(String.join(", ", name.causes())).append(')');
                }
                name.changes().forEach(change -> text.append("\n    ").append(change));
            });
        });
        List<Finding> problems = problems();
        if (!problems.isEmpty()) {
            text.append("\n\nin the way");
            problems.forEach(finding -> text.append("\n  ").append(finding));
        }
        return text.toString();
    }
}
