package io.k8saws.internal.engine;

import io.k8saws.internal.engine.Draft.Entry;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Disruptive;
import io.k8saws.internal.graph.Fields;
import io.k8saws.internal.graph.Holding;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.internal.graph.Resource;
import io.k8saws.internal.graph.ResourceGraph;
import io.k8saws.internal.resource.ResourceKind;
import io.k8saws.internal.resource.ResourceKinds;
import io.k8saws.plan.Action;
import io.k8saws.plan.Cause;
import io.k8saws.plan.Change;
import io.k8saws.plan.FieldChange;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compares what is wanted with what was observed. Pure: the same inputs give the same draft.
 *
 * <p>Values are compared with references resolved to the ids that were observed; a reference to something that is yet to be made, or made anew, is "known
 * after apply" and so always a difference, which is how a replacement reaches those that point to it.
 */
final class Planner {
    private static final List<String> OF_ALL = List.of("tags", "permissionsBoundary");

    /**
     * Outputs of kinds that hold data: present while something uses the resource, and when it was made. Of twins the used one stays, however it
     * differs, then the nearest to the wish, then the older.
     */
    private static final String IN_USE = "inUse";

    private static final String MADE = "made";

    private final ResourceKinds kinds;
    private final ResourceGraph wanted;
    private final ResourceGraph last;
    private final ResourceGraph settled;
    private final World world;
    private final Set<ResourceAddress> retired;
    private final Map<ResourceAddress, Observed<?>> kept = new HashMap<>();
    private final Map<ResourceAddress, Set<String>> unknownOutputs = new HashMap<>();
    private final Set<ResourceAddress> remade = new HashSet<>();

    /** What can only be made after something was deleted to make room for it, or for what it needs. */
    private final Set<ResourceAddress> afterRoomWasMade = new HashSet<>();

    /** What is deleted to make room for its own successor. */
    private final Set<ResourceAddress> makeRoom = new HashSet<>();

    private final Map<Key, Entry> entries = new LinkedHashMap<>();
    private int unchanged;

    private Planner(
            ResourceKinds kinds,
            ResourceGraph wanted,
            ResourceGraph last,
            ResourceGraph settled,
            World world,
            Set<ResourceAddress> retired) {
        this.kinds = kinds;
        this.wanted = wanted;
        this.last = last;
        this.settled = settled;
        this.world = world;
        this.retired = retired;
    }

    /** A change is told apart by its address and, for duplicates, by the id that goes. */
    private record Key(ResourceAddress address, Optional<String> duplicate) {}

    /**
     * What makes the world match a graph.
     *
     * @param kinds the kinds
     * @param wanted what is wanted
     * @param last what the last apply wanted, and brought about; empty when nothing is known
     * @param world what was observed
     * @return the differences
     */
    static Draft converge(ResourceKinds kinds, ResourceGraph wanted, ResourceGraph last, World world) {
        return converge(kinds, wanted, last, last, world);
    }

    /**
     * What makes the world match a graph when the last apply may not have come to its end.
     *
     * @param kinds the kinds
     * @param wanted what is wanted
     * @param last what the last apply wanted, however far it came; empty when nothing is known
     * @param settled what the last apply that came to its end wanted; only what both wanted can have drifted
     * @param world what was observed
     * @return the differences
     */
    static Draft converge(
            ResourceKinds kinds, ResourceGraph wanted, ResourceGraph last, ResourceGraph settled, World world) {
        return converge(kinds, wanted, last, settled, world, Set.of());
    }

    /**
     * What makes the world match a graph.
     *
     * @param kinds the kinds
     * @param wanted what is wanted
     * @param last what the last apply wanted, however far it came; empty when nothing is known
     * @param settled what the last apply that came to its end wanted; only what both wanted can have drifted
     * @param world what was observed
     * @param retired what has served its time, of kinds that else are deleted with the cluster only
     * @return the differences
     */
    static Draft converge(
            ResourceKinds kinds,
            ResourceGraph wanted,
            ResourceGraph last,
            ResourceGraph settled,
            World world,
            Set<ResourceAddress> retired) {
        Planner planner = new Planner(kinds, wanted, last, settled, world, retired);
        wanted.inOrder().forEach(planner::compare);
        planner.removeUnwanted();
        return planner.draft();
    }

    /**
     * What deletes everything that the cluster owns, that of its own controllers included.
     *
     * @param kinds the kinds
     * @param world what was observed
     * @return the deletions
     */
    static Draft destroy(ResourceKinds kinds, World world) {
        Planner planner = new Planner(
                kinds, ResourceGraph.empty(), ResourceGraph.empty(), ResourceGraph.empty(), world, Set.of());
        for (Observed<?> resource : world.all()) {
            planner.delete(
                    resource,
                    new Cause(
                            Cause.Kind.DESTROY,
                            resource.origin() == Origin.OURS ? "" : "made by a controller of the cluster"));
        }
        return planner.draft();
    }

    private void compare(Resource resource) {
        List<Observed<?>> candidates = world.at(resource.address());
        if (candidates.isEmpty()) {
            create(resource);
            return;
        }
        Observed<?> best = candidates.stream()
                .min(Comparator.comparing(
                                (Observed<?> one) -> one.output(IN_USE).isEmpty())
                        .thenComparingInt(one -> distance(resource, one))
                        .thenComparing(one -> one.output(MADE).orElse("")))
                .orElseThrow();
        for (Observed<?> other : candidates) {
            if (!other.id().equals(best.id())) {
                delete(other, new Cause(Cause.Kind.DUPLICATE, "of " + best.id()));
            }
        }
        kept.put(resource.address(), best);
        List<FieldChange> fields = differences(resource, best);
        if (fields.isEmpty() && !holdsWhatMakesRoom(resource)) {
            unchanged++;
        } else {
            change(resource, best, fields);
        }
    }

    private int distance(Resource resource, Observed<?> observed) {
        List<FieldChange> fields = differences(resource, observed);
        int differences = fields.stream()
                .mapToInt(field -> replaces(resource, field) ? 1000 : 1)
                .sum();
        return differences
                + (world.pointsTo(observed) ? 0 : 500); // others would have to follow to a twin that they do not use
    }

    private void create(Resource resource) {
        List<FieldChange> fields = flat(resource.attributes()).entrySet().stream()
                .map(field -> new FieldChange(field.getKey(), "", field.getValue()))
                .toList();
        boolean wasThere = last.find(resource.address()).isPresent()
                && settled.find(resource.address()).isPresent();
        Cause cause = wasThere
                ? new Cause(Cause.Kind.DRIFT, "removed outside of k8saws")
                : new Cause(Cause.Kind.SPEC, resource.specPath());
        remade.add(resource.address());
        add(resource, Action.CREATE, Risk.SAFE, cause, Optional.empty(), fields);
    }

    private void change(Resource resource, Observed<?> observed, List<FieldChange> fields) {
        ResourceKind<?> kind = kinds.named(resource.address().kind());
        boolean replace = fields.stream().anyMatch(field -> replaces(resource, field))
                || mustLetGo(resource, observed, fields)
                || holdsWhatMakesRoom(resource);
        Set<String> paths = new TreeSet<>();
        fields.forEach(field -> paths.add(field.field()));
        if (replace) {
            remade.add(resource.address());
            Risk risk = max(Risk.DISRUPTIVE, deletionRisk(kind, observed));
            add(resource, Action.REPLACE, risk, cause(resource, fields), Optional.of(observed), fields);
        } else {
            unknownOutputs.put(resource.address(), kind.outputsChangedBy(paths));
            boolean disruptive = paths.stream().anyMatch(path -> Fields.has(kind.attributes(), path, Disruptive.class));
            Risk risk = max(disruptive ? Risk.DISRUPTIVE : Risk.SAFE, updateRisk(kind, observed, resource, paths));
            add(resource, Action.UPDATE, risk, cause(resource, fields), Optional.of(observed), fields);
        }
    }

    /** Whether the resource holds on to what must be deleted before that which it is to change over to, or needs, can be made. */
    private boolean mustLetGo(Resource resource, Observed<?> observed, List<FieldChange> fields) {
        boolean changesOver = fields.stream()
                .anyMatch(field -> Fields.has(resource.attributes().getClass(), field.field(), Holding.class));
        return changesOver && (changesOverToRoomMade(resource) || holdsOnToWhatItNeedsAnew(resource, observed));
    }

    private boolean changesOverToRoomMade(Resource resource) {
        return Fields.refsOf(resource.attributes(), Holding.class).stream()
                .anyMatch(ref -> ref instanceof Ref.To to && afterRoomWasMade.contains(to.target()));
    }

    private boolean holdsOnToWhatItNeedsAnew(Resource resource, Observed<?> observed) {
        Set<ResourceAddress> anew = new HashSet<>();
        for (Ref ref : Fields.refsOf(observed.attributes(), Holding.class)) {
            if (ref instanceof Ref.Id id) {
                world.addressOf(id.value()).filter(makeRoom::contains).ifPresent(anew::add);
            }
        }
        return !anew.isEmpty() && needsAny(resource, anew, new HashSet<>());
    }

    /** Whether a resource waits for one of others by way of changes only. */
    private boolean needsAny(Resource resource, Set<ResourceAddress> others, Set<ResourceAddress> seen) {
        return resource.needs().stream()
                .filter(need -> entries.containsKey(new Key(need, Optional.empty())) && seen.add(need))
                .anyMatch(need -> others.contains(need)
                        || wanted.find(need)
                                .filter(next -> needsAny(next, others, seen))
                                .isPresent());
    }

    /** Whether its machines use what must be deleted before its successor can be made: a disk in use cannot be detached (EC2, DetachVolume). */
    private boolean holdsWhatMakesRoom(Resource resource) {
        return resource.holds().stream().anyMatch(makeRoom::contains);
    }

    private static boolean replaces(Resource resource, FieldChange field) {
        return Fields.has(resource.attributes().getClass(), field.field(), ReplaceOnChange.class);
    }

    private static Risk max(Risk one, Risk other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    /** Drift when the last apply wanted the same, else the wish of the spec or the change of what it points to. */
    private Cause cause(Resource resource, List<FieldChange> fields) {
        Optional<ResourceAddress> leader = Fields.refs(resource.attributes()).stream()
                .filter(ref -> ref instanceof Ref.To to && changesValue(to))
                .map(ref -> ((Ref.To) ref).target())
                .findFirst()
                .or(() -> resource.holds().stream().filter(makeRoom::contains).min(Comparator.naturalOrder()));
        if (leader.isPresent()
                && fields.stream().allMatch(field -> field.after().contains(FieldChange.KNOWN_AFTER_APPLY))) {
            return new Cause(Cause.Kind.DEPENDENCY, leader.get().toString());
        }
        boolean sameWish = sameWish(resource, fields, last) && sameWish(resource, fields, settled);
        return sameWish
                ? new Cause(Cause.Kind.DRIFT, "changed outside of k8saws")
                : new Cause(Cause.Kind.SPEC, ofAll(fields).orElse(resource.specPath()));
    }

    /** The property of the spec that all resources of a kind have from it, when nothing else differs. */
    private static Optional<String> ofAll(List<FieldChange> fields) {
        Set<String> properties = fields.stream()
                .map(field -> field.field().replaceFirst("\\[.*", ""))
                .collect(Collectors.toSet());
        return OF_ALL.stream()
                .filter(property -> properties.equals(Set.of(property)))
                .findFirst();
    }

    private boolean sameWish(Resource resource, List<FieldChange> fields, ResourceGraph former) {
        Map<String, String> now = flat(resource.attributes());
        Map<String, String> before = wish(former, resource.address());
        return former.find(resource.address()).isPresent()
                && fields.stream()
                        .map(FieldChange::field)
                        .allMatch(path -> Objects.equals(now.get(path), before.get(path)));
    }

    private Map<String, String> wish(ResourceGraph former, ResourceAddress address) {
        return former.find(address).map(resource -> flat(resource.attributes())).orElse(Map.of());
    }

    private List<FieldChange> differences(Resource resource, Observed<?> observed) {
        Map<String, String> want = flat(resource.attributes());
        Attributes seen = sameWishOfWhatReplaces(resource)
                ? assumed(kinds.named(resource.address().kind()), observed, resource)
                : observed.attributes();
        Map<String, String> have = Fields.flat(seen, Planner::known);
        Set<String> ours = new HashSet<>(wish(last, resource.address()).keySet());
        ours.addAll(wish(settled, resource.address()).keySet());
        Set<String> paths = new TreeSet<>(want.keySet());
        for (String path : have.keySet()) {
            boolean othersMayAdd = Fields.has(resource.attributes().getClass(), path, Additive.class);
            if (!othersMayAdd || ours.contains(path)) {
                paths.add(path);
            }
        }
        List<FieldChange> differences = new ArrayList<>();
        for (String path : paths) {
            String from = have.getOrDefault(path, "");
            String to = want.getOrDefault(path, "");
            if (!from.equals(to)) {
                differences.add(new FieldChange(path, named(from), named(to)));
            }
        }
        return differences;
    }

    /** Whether no former apply wanted anything else of the fields that replace the resource: only then can what AWS does not tell be taken to be as wanted. */
    private boolean sameWishOfWhatReplaces(Resource resource) {
        Map<String, String> now = replacing(resource, flat(resource.attributes()));
        return Stream.of(last, settled)
                .filter(former -> former.find(resource.address()).isPresent())
                .allMatch(former ->
                        replacing(resource, wish(former, resource.address())).equals(now));
    }

    private static Map<String, String> replacing(Resource resource, Map<String, String> fields) {
        Map<String, String> replacing = new TreeMap<>(fields);
        replacing
                .keySet()
                .removeIf(field -> !Fields.has(resource.attributes().getClass(), field, ReplaceOnChange.class));
        return replacing;
    }

    /** Shows an id by the address that people know. */
    private String named(String value) {
        return world.addressOf(value)
                .map(address -> address + " (" + value + ")")
                .orElse(value);
    }

    private Map<String, String> flat(Attributes attributes) {
        return new TreeMap<>(Fields.flat(attributes, this::resolve));
    }

    private String resolve(Ref ref) {
        if (ref instanceof Ref.To to) {
            Observed<?> target = kept.get(to.target());
            return target == null || changesValue(to)
                    ? FieldChange.KNOWN_AFTER_APPLY
                    : target.output(to.output()).orElse(FieldChange.KNOWN_AFTER_APPLY);
        }
        return known(ref);
    }

    private boolean changesValue(Ref.To to) {
        return remade.contains(to.target())
                || unknownOutputs.getOrDefault(to.target(), Set.of()).contains(to.output());
    }

    private static String known(Ref ref) {
        return ref instanceof Ref.Id id ? id.value() : ref.toString();
    }

    private void removeUnwanted() {
        for (Observed<?> resource : world.all()) {
            if (resource.origin() == Origin.OURS
                    && wanted.find(resource.address()).isEmpty()
                    && (retired.contains(resource.address())
                            || !kinds.named(resource.address().kind()).deletedWithTheClusterOnly())) {
                delete(resource, new Cause(Cause.Kind.NO_LONGER_WANTED, ""));
            }
        }
    }

    private void delete(Observed<?> observed, Cause cause) {
        ResourceKind<?> kind = kinds.named(observed.address().kind());
        boolean duplicate = cause.kind() == Cause.Kind.DUPLICATE
                || world.at(observed.address()).size() > 1;
        Change change = new Change(
                observed.address(),
                Action.DELETE,
                deletionRisk(kind, observed),
                cause,
                Optional.of(observed.id()),
                List.of(),
                List.of());
        entries.put(
                new Key(observed.address(), duplicate ? Optional.of(observed.id()) : Optional.empty()),
                new Entry(change, kind, Optional.empty(), Optional.of(observed)));
    }

    private void add(
            Resource resource,
            Action action,
            Risk risk,
            Cause cause,
            Optional<Observed<?>> observed,
            List<FieldChange> fields) {
        Change change =
                new Change(resource.address(), action, risk, cause, observed.map(Observed::id), fields, List.of());
        ResourceKind<?> kind = kinds.named(resource.address().kind());
        boolean makesRoom = action == Action.REPLACE && !kind.createsBeforeDeleting();
        if (makesRoom) {
            makeRoom.add(resource.address());
        }
        if (makesRoom
                || remade.contains(resource.address())
                        && resource.needs().stream().anyMatch(afterRoomWasMade::contains)) {
            afterRoomWasMade.add(resource.address());
        }
        entries.put(
                new Key(resource.address(), Optional.empty()),
                new Entry(change, kind, Optional.of(resource), observed));
    }

    @SuppressWarnings("unchecked") // the observed resource is of its kind
    private static <A extends Attributes> Risk deletionRisk(ResourceKind<A> kind, Observed<?> observed) {
        return kind.deletionRisk((Observed<A>) observed);
    }

    @SuppressWarnings("unchecked") // both sides are of their kind
    private static <A extends Attributes> A assumed(ResourceKind<A> kind, Observed<?> observed, Resource wanted) {
        return kind.assume((A) observed.attributes(), (A) wanted.attributes());
    }

    @SuppressWarnings("unchecked") // both sides are of their kind
    private static <A extends Attributes> Risk updateRisk(
            ResourceKind<A> kind, Observed<?> observed, Resource wanted, Set<String> fields) {
        return kind.updateRisk((Observed<A>) observed, (A) wanted.attributes(), fields);
    }

    private Draft draft() {
        return new Draft(Schedule.order(entries.values()), unchanged, world);
    }
}
