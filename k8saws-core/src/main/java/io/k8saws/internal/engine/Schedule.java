package io.k8saws.internal.engine;

import io.k8saws.internal.engine.Draft.Entry;
import io.k8saws.internal.graph.Fields;
import io.k8saws.internal.graph.Holding;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.plan.Action;
import io.k8saws.plan.Change;
import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which step waits for which. A change is one step, a replacement two: one that makes and one that removes. What is made waits for what it needs; what is
 * removed waits until nothing points to it any more and until the kinds that hold on to it in other ways are gone. There are no levels: a step starts when its own
 * needs are met.
 */
final class Schedule {
    private final List<Node> nodes = new ArrayList<>();
    private final Map<ResourceAddress, Node> makes = new HashMap<>();
    private final Map<ResourceAddress, List<Node>> makersByNeed = new HashMap<>();
    private final Map<String, List<Entry>> usersByValue = new HashMap<>();
    private final Map<Entry, Node> removes = new LinkedHashMap<>(); // in order, so that equal worlds give equal plans

    /** One step. Compared by identity. */
    static final class Node {
        private final Entry entry;
        private final boolean makes;
        private final Set<Node> needs = new LinkedHashSet<>();

        private Node(Entry entry, boolean makes) {
            this.entry = entry;
            this.makes = makes;
        }

        Entry entry() {
            return entry;
        }

        /** Whether the step creates or updates, rather than deletes. */
        boolean makes() {
            return makes;
        }

        Set<Node> needs() {
            return needs;
        }

        @Override
        public String toString() {
            return (makes ? "make " : "remove ") + entry.address();
        }
    }

    private Schedule(Collection<Entry> entries) {
        for (Entry entry : entries) {
            if (entry.action() != Action.DELETE) {
                Node node = new Node(entry, true);
                nodes.add(node);
                makes.put(entry.address(), node);
                entry.wanted().orElseThrow().needs().forEach(need -> makersByNeed
                        .computeIfAbsent(need, unused -> new ArrayList<>())
                        .add(node));
            }
            if (entry.action() == Action.DELETE || entry.action() == Action.REPLACE) {
                Node node = new Node(entry, false);
                nodes.add(node);
                removes.put(entry, node);
            }
            entry.observed()
                    .ifPresent(observed -> Fields.refs(observed.attributes()).forEach(ref -> {
                        if (ref instanceof Ref.Id id) {
                            usersByValue
                                    .computeIfAbsent(id.value(), unused -> new ArrayList<>())
                                    .add(entry);
                        }
                    }));
        }
        for (Node node : nodes) {
            if (node.makes) {
                needsOfMaking(node);
            } else {
                needsOfRemoving(node);
            }
        }
    }

    /**
     * Schedules changes.
     *
     * @param entries the changes in any order
     * @return the steps, each after those it needs
     * @throws IllegalStateException if steps wait for each other in a circle
     */
    static List<Node> of(Collection<Entry> entries) {
        Schedule schedule = new Schedule(entries);
        List<Node> ordered = new ArrayList<>();
        Set<Node> done = new HashSet<>();
        for (Node node : schedule.nodes) {
            visit(node, ordered, done, new LinkedHashSet<>());
        }
        return ordered;
    }

    /**
     * The changes in the order of their schedule, each saying what it waits for.
     *
     * @param entries the changes in any order
     * @return the same changes, ordered
     */
    static List<Entry> order(Collection<Entry> entries) {
        Map<Entry, Set<ResourceAddress>> after = new HashMap<>();
        List<Node> nodes = of(entries);
        for (Node node : nodes) {
            Set<ResourceAddress> needs = after.computeIfAbsent(node.entry, unused -> new TreeSet<>());
            node.needs.stream()
                    .filter(need -> need.entry != node.entry)
                    .map(need -> need.entry.address())
                    .forEach(needs::add);
        }
        return nodes.stream()
                .filter(node -> node.makes || node.entry.action() == Action.DELETE)
                .map(node -> after(node.entry, after.getOrDefault(node.entry, Set.of())))
                .toList();
    }

    private static Entry after(Entry entry, Set<ResourceAddress> needs) {
        Change change = entry.change();
        Change placed = new Change(
                change.resource(),
                change.action(),
                change.risk(),
                change.cause(),
                change.id(),
                change.fields(),
                List.copyOf(needs));
        return new Entry(placed, entry.kind(), entry.wanted(), entry.observed());
    }

    private void needsOfMaking(Node node) {
        Entry entry = node.entry;
        for (ResourceAddress need : new TreeSet<>(entry.wanted().orElseThrow().needs())) {
            Optional.ofNullable(makes.get(need)).ifPresent(node.needs::add);
        }
        if (entry.action() == Action.REPLACE && !entry.kind().createsBeforeDeleting()) {
            node.needs.add(removes.get(entry));
        }
    }

    private void needsOfRemoving(Node node) {
        Entry entry = node.entry;
        boolean makesRoom = entry.action() == Action.REPLACE && !entry.kind().createsBeforeDeleting();
        for (String value : values(entry.observed().orElseThrow())) {
            for (Entry user : usersByValue.getOrDefault(value, List.of())) {
                Node released = removes.get(user);
                if (released == null && (!makesRoom || holds(user, value))) {
                    released = makes.get(user.address());
                }
                if (released != null && user != entry) {
                    node.needs.add(released);
                }
            }
        }
        for (Node other : removes.values()) {
            if (other != node
                    && entry.kind().deletedAfter().contains(other.entry.kind().name())) {
                node.needs.add(other);
            }
        }
        if (entry.kind().createsBeforeDeleting()) {
            // those that need what is at the address go by the old one until they were changed
            node.needs.addAll(makersByNeed.getOrDefault(entry.address(), List.of()));
            if (entry.action() == Action.REPLACE) {
                node.needs.add(makes.get(entry.address()));
            }
        }
    }

    /** Whether an entry holds on to a value: a change in place then moves it away, because the planner has what waits for the successor let go first. */
    private static boolean holds(Entry user, String value) {
        return user.observed()
                .filter(observed -> Fields.refsOf(observed.attributes(), Holding.class).stream()
                        .anyMatch(ref -> ref instanceof Ref.Id id && id.value().equals(value)))
                .isPresent();
    }

    private static Set<String> values(Observed<?> observed) {
        Set<String> values = new TreeSet<>();
        Ref.NAMING_OUTPUTS.forEach(output -> observed.output(output).ifPresent(values::add));
        return values;
    }

    private static void visit(Node node, List<Node> ordered, Set<Node> done, Set<Node> path) {
        if (done.contains(node)) {
            return;
        }
        if (!path.add(node)) {
            throw new IllegalStateException("The steps wait for each other in a circle: " + path + " -> " + node + ".");
        }
        for (Node need : node.needs) {
            visit(need, ordered, done, path);
        }
        path.remove(node);
        done.add(node);
        ordered.add(node);
    }

    /** The steps that wait for each step. */
    static Map<Node, List<Node>> waiting(Collection<Node> nodes) {
        Map<Node, List<Node>> waiting = new HashMap<>();
        for (Node node : nodes) {
            node.needs.forEach(need ->
                    waiting.computeIfAbsent(need, unused -> new ArrayList<>()).add(node));
        }
        return Collections.unmodifiableMap(waiting);
    }
}
