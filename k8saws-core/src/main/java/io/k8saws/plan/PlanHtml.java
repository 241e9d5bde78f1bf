package io.k8saws.plan;

import io.k8saws.internal.text.OneLine;
import io.k8saws.internal.text.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes a plan as one page: what happens in a line, the cluster as a drawing, the changes by kind, what is not ours and how to go on. The page has no
 * script and loads nothing; its security policy forbids both and names the one style sheet by its hash.
 */
final class PlanHtml {
    /** Above this, only the groups that a reader must see are unfolded at first. */
    private static final int UNFOLD_ALL = 24;

    private final Plan plan;
    private final Markup html = new Markup();

    private PlanHtml(Plan plan) {
        this.plan = plan;
    }

    static String render(Plan plan) {
        return new PlanHtml(plan).page();
    }

    private String page() {
        String style = style();
        html.constant("<!DOCTYPE html>\n")
                .open("html", "lang", "en")
                .line()
                .open("head")
                .line();
        html.constant("<meta charset=\"utf-8\"/>\n");
        html.constant("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
        html.constant("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-"
                + Sha256.base64(style) + "'; base-uri 'none'; form-action 'none'\"/>\n");
        html.element("title", line(Headline.subject(plan) + " #" + plan.id())).line();
        html.open("style").constant(style).closeLine();
        html.closeLine();
        html.open("body").line().open("main").line();
        header();
        topology();
        changes();
        foreign();
        next();
        spec();
        html.closeLine().closeLine().closeLine();
        return html.toString();
    }

    private void header() {
        html.open("header").line();
        html.element("h1", line(Headline.subject(plan))).line();
        html.open("p", "class", "muted").text("Plan ").element("code", "#" + plan.id());
        html.text(" · account ").element("code", line(plan.account()));
        html.text(plan.baseSerial() == 0 ? " · no earlier state" : " · made on state " + plan.baseSerial())
                .closeLine();
        if (plan.isEmpty()) {
            html.element("p", sentence(Headline.counts(plan))).line();
        } else {
            html.open("ul", "class", "counts").line();
            for (Action action : Headline.ACTIONS) {
                int count = plan.changes(action).size();
                if (count > 0) {
                    html.element(
                                    "li",
                                    action.symbol() + " " + count + " " + Headline.word(action),
                                    "class",
                                    Headline.word(action))
                            .line();
                }
            }
            if (plan.unchanged() > 0) {
                html.element("li", plan.unchanged() + " unchanged").line();
            }
            html.element("li", "highest risk: " + Headline.word(plan.risk()), "class", style(plan.risk()))
                    .line();
            html.closeLine();
        }
        html.closeLine();
    }

    private void topology() {
        if (plan.spec().isEmpty()) {
            return;
        }
        ClusterMap map = ClusterMap.of(plan);
        html.open("section", "class", "topology")
                .line()
                .element("h2", "Topology")
                .line();
        html.element("p", "The drawing is wider than this window: scroll it sideways.", "class", "wide muted")
                .line();
        html.open("figure").line();
        html.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", "Drawing of the cluster")
                .line();
        TopologySvg.draw(map, html);
        html.closeLine();
        legend(map.actions());
        html.closeLine();
        access(map.accesses());
        html.closeLine();
    }

    private void legend(Set<Action> actions) {
        html.open("figcaption");
        Stream.concat(Headline.ACTIONS.stream(), Stream.of(Action.NONE))
                .filter(actions::contains)
                .forEach(action -> html.element("span", legend(action), "class", Headline.word(action)));
        html.text(
                        "An arrow leads from who opens a connection to who accepts it; its label says who opens it, and to which ports.")
                .closeLine();
    }

    private static String legend(Action action) {
        return action == Action.NONE ? "unchanged" : action.symbol() + " " + Headline.word(action);
    }

    private void access(List<ClusterMap.Access> accesses) {
        if (accesses.isEmpty()) {
            return;
        }
        html.open("details").open("summary").element("b", "Who may talk to whom");
        html.element("span", accesses.size() + " rules; everything else is closed", "class", "muted")
                .closeLine();
        html.open("table").open("thead").open("tr");
        List.of("From", "To", "Ports", "Why").forEach(title -> html.element("th", title));
        html.close().close().open("tbody").line();
        for (ClusterMap.Access access : accesses) {
            html.open("tr").element("td", line(access.from())).element("td", line(access.to()));
            html.open("td").element("code", line(access.ports())).close();
            html.element("td", line(access.why())).closeLine();
        }
        html.close().close().closeLine();
    }

    private void changes() {
        if (plan.isEmpty()) {
            return;
        }
        html.open("section").line().element("h2", "Changes").line();
        Map<String, List<Change>> kinds = Headline.grouped(plan).stream()
                .collect(Collectors.groupingBy(
                        change -> change.resource().kind(), LinkedHashMap::new, Collectors.toList()));
        kinds.forEach(this::kind);
        html.closeLine();
    }

    private void kind(String kind, List<Change> changes) {
        if (plan.changes().size() <= UNFOLD_ALL || changes.stream().anyMatch(PlanHtml::mustBeSeen)) {
            html.open("details", "open", "");
        } else {
            html.open("details");
        }
        html.open("summary")
                .element("b", line(kind))
                .element("span", counts(changes), "class", "muted")
                .closeLine();
        html.open("table", "class", "changes").open("colgroup");
        List.of("action", "resource", "risk", "why").forEach(name -> html.leaf("col", "class", name));
        html.close().open("thead").open("tr");
        List.of("Action", "Resource", "Risk", "Why").forEach(title -> html.element("th", title));
        html.close().close().open("tbody").line();
        changes.forEach(this::change);
        html.close().close().closeLine();
    }

    private void change(Change change) {
        html.open("tr").open("td");
        html.element(
                "span",
                change.action().symbol() + " " + Headline.word(change.action()),
                "class",
                "badge " + Headline.word(change.action()));
        html.close().open("td").element("span", line(change.resource().name()), "class", "value");
        String telling = Telling.of(change);
        if (!telling.isEmpty()) {
            html.leaf("br").element("span", telling, "class", "muted");
        }
        html.close().open("td");
        if (change.risk() != Risk.SAFE) {
            html.element("span", Headline.word(change.risk()), "class", "badge " + style(change.risk()));
        } else {
            html.element("span", "safe", "class", "muted");
        }
        html.close().element("td", line(change.cause().toString())).closeLine();
        if (change.action() == Action.UPDATE || change.action() == Action.REPLACE) {
            fields(change.fields());
        }
    }

    private void fields(List<FieldChange> fields) {
        if (fields.isEmpty()) {
            return;
        }
        html.open("tr", "class", "fields")
                .open("td", "colspan", "4")
                .open("table")
                .open("tbody")
                .line();
        for (FieldChange field : fields) {
            Difference difference = Difference.of(field, 400);
            html.open("tr").element("td", line(field.field()), "class", "field value");
            html.open("td", "class", "value");
            if (!difference.before().isEmpty()) {
                html.element("span", difference.before(), "class", "before").text(" → ");
            }
            html.element("span", difference.after(), "class", "after").close().closeLine();
        }
        html.close().close().close().closeLine();
    }

    private void foreign() {
        if (plan.foreign().isEmpty()) {
            return;
        }
        html.open("section").line().element("h2", "Not made by k8saws").line();
        html.element("p", "Found on or beside the cluster's resources. An apply leaves it alone.", "class", "muted")
                .line();
        html.open("table").open("thead").open("tr");
        List.of("Resource", "What", "Owner").forEach(title -> html.element("th", title));
        html.close().close().open("tbody").line();
        for (Foreign item : plan.foreign()) {
            html.open("tr")
                    .open("td")
                    .element("span", line(item.resource().toString()), "class", "value")
                    .close();
            html.element("td", line(item.what()))
                    .element("td", line(item.owner()))
                    .closeLine();
        }
        html.close().closeLine().closeLine();
    }

    private void next() {
        html.open("section").line().element("h2", "What next").line();
        if (plan.isEmpty()) {
            html.element("p", "There is nothing to apply.").line();
        } else {
            html.open("p").text("This page shows plan ").element("code", "#" + plan.id());
            html.text(". The program that made it applies it with ")
                    .element("code", "k8s.apply(plan)")
                    .text(". To apply it later or elsewhere, save the plan beside this page and load it there:")
                    .closeLine();
            html.open("pre")
                    .element(
                            "code",
                            "plan.save(Path.of(\"plan.json\"));\n\nk8s.apply(Plan.load(Path.of(\"plan.json\")));")
                    .closeLine();
            html.element(
                            "p",
                            "A loaded plan has the same id. When the world has changed since, so that something else would happen, apply refuses the"
                                    + " plan and changes nothing.",
                            "class",
                            "muted")
                    .line();
        }
        html.closeLine();
    }

    private void spec() {
        plan.spec().ifPresent(spec -> {
            html.open("details").open("summary").element("b", "Spec");
            html.element("span", "the cluster as it was asked for", "class", "muted")
                    .closeLine();
            html.open("pre").text(spec.toYaml()).close().closeLine();
        });
    }

    private static boolean mustBeSeen(Change change) {
        return change.risk() != Risk.SAFE || change.action() == Action.UPDATE || change.action() == Action.REPLACE;
    }

    private static String counts(List<Change> changes) {
        return Headline.ACTIONS.stream()
                .map(action -> Map.entry(
                        action,
                        changes.stream()
                                .filter(change -> change.action() == action)
                                .count()))
                .filter(count -> count.getValue() > 0)
                .map(count -> count.getValue() + " " + Headline.word(count.getKey()))
                .collect(Collectors.joining(", "));
    }

    private static String style(Risk risk) {
        return risk.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String line(String text) {
        return OneLine.of(text);
    }

    private static String sentence(String words) {
        return Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".";
    }

    private static String style() {
        try (InputStream style = PlanHtml.class.getResourceAsStream("plan.css")) {
            if (style == null) {
                throw new IllegalStateException("plan.css is missing beside " + PlanHtml.class.getName() + ".");
            }
            return new String(style.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Read plan.css: " + e.getMessage() + ".", e);
        }
    }
}
