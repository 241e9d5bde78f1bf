package io.k8saws.dns.plan;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.k8saws.dns.record.DnsName;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What has to change so that names are as wanted, zone by zone. Immutable; a dry run is the plan itself. It prints as a list of changes, then of what is in the way.
 *
 * @param owner whose names
 * @param policy what may be done
 * @param zones what happens in each zone
 * @param findings what is in the way of names that belong into no zone, and of names that objects want and ask nothing for that could be written
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
     * @throws DnsPlanRefusedException if more would go, or a kind of objects that had names wants none; it names them
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
     * @throws DnsPlanRefusedException if more would go, or another kind of objects that had names wants none; it names them
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
                    "look whether a source or a filter fails; if they shall go, allow more by requireFewDeletions(most, share)");
        }
        Set<String> kinds = new TreeSet<>(silenced);
        kinds.removeAll(mayBeSilent);
        if (!kinds.isEmpty()) {
            throw refused(
                    count(losses, "record set") + " would go, and no object of kind " + String.join(", ", kinds)
                            + " wants a name any more",
                    "look whether a source fails; if its names shall go, name the kinds as the third argument of requireFewDeletions(most, share, mayBeSilent)");
        }
        return this;
    }

    /**
     * Refuses a plan in which something is in the way of a name: an apply would leave that name as it is, and carry out all others.
     *
     * @return this plan
     * @throws DnsPlanRefusedException if there are {@link #problems()}; it has all of them
     */
    public DnsPlan requireNoProblems() {
        List<Finding> problems = problems();
        if (!problems.isEmpty()) {
            throw new DnsPlanRefusedException(
                    owner,
                    "something is in the way of a name",
                    problems.stream().map(Finding::toString).toList(),
                    "mend what the findings name and plan again; without this guard all other names are brought in step");
        }
        return this;
    }

    private DnsPlanRefusedException refused(String why, String what) {
        return new DnsPlanRefusedException(
                owner,
                why,
                zones.stream()
                        .flatMap(zone -> zone.names().stream())
                        .filter(name -> name.losses() > 0)
                        .map(name -> name.name().text())
                        .toList(),
                what);
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
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
                lines.add(name + " in " + zone.zone() + wantedBy(one));
                one.changes().forEach(change -> lines.add("  " + change));
                one.findings().forEach(finding -> lines.add("  " + finding));
            });
        }
        findings.stream().filter(one -> one.name().equals(name)).forEach(one -> lines.add(one.toString()));
        return lines.isEmpty()
                ? name + ": nobody wants it, and no record of it is marked as that of " + owner
                : String.join("\n", lines);
    }

    /** Nobody is not said where a finding tells of an object that wants it. */
    private String wantedBy(NamePlan plan) {
        boolean told = Stream.concat(findings.stream(), plan.findings().stream())
                .anyMatch(finding -> finding.name().equals(plan.name()) && finding.tellsWhoWants());
        return plan.causes().isEmpty()
                ? told ? "" : ", wanted by nobody"
                : ", wanted by " + String.join(", ", plan.causes());
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

    private String headline(int problems) {
        int changed = zones.stream().mapToInt(zone -> zone.changed().size()).sum();
        int gone = deletions();
        return "DNS of owner " + owner + ": "
                + (changed == 0
                        ? "nothing to do"
                        : count(changed, "name") + " to change, " + gone + " of them " + (gone == 1 ? "goes" : "go"))
                + (problems == 0 ? "" : "; " + count(problems, "problem"));
    }

    /** How much there is to do and how much is in the way; then the changes by zones and names, then what is in the way. */
    @Override
    public String toString() {
        List<Finding> problems = problems();
        StringBuilder text = new StringBuilder(headline(problems.size()));
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
        if (!problems.isEmpty()) {
            text.append("\n\nin the way");
            problems.forEach(finding -> text.append("\n  ").append(finding));
        }
        return text.toString();
    }
}
