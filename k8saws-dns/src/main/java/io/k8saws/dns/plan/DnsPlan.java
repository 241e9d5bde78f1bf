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

/**
 * What has to change so that names are as wanted, zone by zone. Immutable; a dry run is the plan itself. It prints as a list of changes, then of what is in the way.
 *
 * @param owner whose names
 * @param policy what may be done
 * @param zones what happens in each zone
 * @param findings what is in the way of names that belong into no zone
 */
public record DnsPlan(String owner, ChangePolicy policy, List<ZonePlan> zones, List<Finding> findings) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Copies the lists. */
    public DnsPlan {
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(policy, "policy");
        zones = List.copyOf(zones);
        findings = List.copyOf(findings);
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
     * Refuses a plan by which many names go. Sources that fail, or a filter with a typing error, want nothing; this keeps names from going because of that.
     *
     * @param most how many may go in any case
     * @param share how many may go of those that are ours, from 0 to 1; the larger of the two counts
     * @return this plan
     * @throws K8sAwsException if more would go; it names some of them
     */
    public DnsPlan requireFewDeletions(int most, double share) {
        if (most < 0 || !(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "A number of names is 0 or more and a share is from 0 to 1, got " + most + " and " + share + ".");
        }
        int owned = zones.stream().mapToInt(ZonePlan::owned).sum();
        int deletions = deletions();
        if (deletions > Math.max(most, (int) Math.floor(share * owned))) {
            List<String> some = zones.stream()
                    .flatMap(zone -> zone.names().stream())
                    .filter(NamePlan::isDeletion)
                    .limit(5)
                    .map(name -> name.name().text())
                    .toList();
            throw new K8sAwsException(
                    "Apply a plan of owner " + owner,
                    deletions + " of " + owned + " names would go, and " + most + " or a share of " + share
                            + " are allowed: " + some + (deletions > some.size() ? " and more" : ""),
                    "look whether a source or a filter fails; if they shall go, allow more",
                    Map.of("owner", owner),
                    null);
        }
        return this;
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
