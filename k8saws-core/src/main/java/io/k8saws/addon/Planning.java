package io.k8saws.addon;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.KubernetesCallException;
import io.k8saws.internal.seam.GuardedKubernetes;
import io.k8saws.plan.Action;
import io.k8saws.plan.FieldChange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares add-ons with what an API server has. Only reads, and asks what would become of an object. Used once. */
final class Planning {
    private static final String OURS = Addons.MANAGED_BY + "=" + Addons.MANAGER + "," + Addon.LABEL;

    /** What the server itself makes of our objects, with copies of their labels. */
    private static final Set<String> DERIVED =
            Set.of("ControllerRevision", "EndpointSlice", "Endpoints", "Event", "Pod", "ReplicaSet");

    /** What can be made anew without a loss, where a field cannot be changed in place. */
    private static final Set<String> REPLACEABLE = Set.of(
            "ClusterRoleBinding",
            "CSIDriver",
            "DaemonSet",
            "Deployment",
            "Job",
            "PriorityClass",
            "RoleBinding",
            "RuntimeClass",
            "StorageClass");

    private static final Pattern IMMUTABLE = Pattern.compile("immutable|cannot change|may not be changed|forbidden");
    private static final Pattern MANAGER = Pattern.compile("conflict with \"([^\"]*)\".*");

    private final GuardedKubernetes kubernetes;
    private final ApiKinds kinds;
    private final List<Addon> addons;
    private final List<ObjectRef> wanted = new ArrayList<>();
    private final Set<String> defined = new HashSet<>();
    private final Set<String> namespaces = new HashSet<>();
    private final Map<String, Boolean> coming = new HashMap<>();

    Planning(GuardedKubernetes kubernetes, List<Addon> addons) {
        this.kubernetes = kubernetes;
        this.kinds = new ApiKinds(kubernetes);
        this.addons = addons;
    }

    AddonPlan plan() {
        for (Addon addon : addons) {
            addon.objects().forEach(this::define);
        }
        List<AddonChange> changes = new ArrayList<>();
        for (Addon addon : addons) {
            addon.objects().forEach(object -> changes.add(change(addon.name(), object)));
        }
        changes.sort(Comparator.comparingInt(change -> ApplyOrder.step(change.object())));
        List<AddonChange> leaving = leaving();
        leaving.sort(Comparator.comparingInt(change -> -ApplyOrder.step(change.object())));
        changes.addAll(leaving);
        return new AddonPlan(changes, false);
    }

    private void define(AddonObject object) {
        if (object.ref().kind().equals("CustomResourceDefinition")) {
            defined.add(object.at("spec", "group") + "/" + object.at("spec", "names", "kind"));
        }
        if (object.ref().kind().equals("Namespace")) {
            namespaces.add(object.ref().name());
        }
    }

    private AddonChange change(String addon, AddonObject object) {
        Optional<ApiKinds.Kind> known = kinds.of(object.ref());
        if (known.isEmpty()) {
            return withoutKind(addon, object);
        }
        ApiKinds.Kind kind = known.get();
        ObjectRef ref = new ObjectRef(
                object.ref().apiVersion(),
                object.ref().kind(),
                ApiKinds.namespace(kind, object.ref()),
                object.ref().name());
        want(ref);
        String path = ApiKinds.path(kind, ref);
        Optional<LiveObject> live = kubernetes.get(path).map(LiveObject::new);
        boolean placeComes = placeComes(ref.namespace());
        if (live.isEmpty() || live.get().isGoing() || placeComes) {
            if (live.isEmpty() && !placeComes) {
                kubernetes.apply(path, object.fields(), Addons.MANAGER, true, true);
            }
            return new AddonChange(
                    addon,
                    Action.CREATE,
                    ref,
                    List.of(),
                    List.of(),
                    live.isEmpty() ? "" : "the one that is there is being deleted",
                    Optional.of(object),
                    live.map(LiveObject::uid));
        }
        return compared(addon, object, ref, path, live.get());
    }

    /** Whether a namespace is wanted and not there, or is being deleted with all that is in it: then nothing can be tried out in it. */
    private boolean placeComes(String namespace) {
        return namespaces.contains(namespace)
                && coming.computeIfAbsent(namespace, name -> kubernetes
                        .get("/api/v1/namespaces/" + name)
                        .map(LiveObject::new)
                        .filter(live -> !live.isGoing())
                        .isEmpty());
    }

    private AddonChange withoutKind(String addon, AddonObject object) {
        ObjectRef ref = object.ref();
        if (!defined.contains(ref.group() + "/" + ref.kind())) {
            throw new K8sAwsException(
                    "Plan add-on " + addon,
                    "the API server knows no " + ref.kind() + " of " + ref.apiVersion(),
                    "add its CustomResourceDefinition, or correct apiVersion and kind",
                    Map.of("object", ref.toString()),
                    null);
        }
        want(ref);
        return new AddonChange(
                addon,
                Action.CREATE,
                ref,
                List.of(),
                List.of(),
                "as soon as its kind is defined",
                Optional.of(object),
                Optional.empty());
    }

    private void want(ObjectRef ref) {
        if (wanted.stream().anyMatch(ref::isSameAs)) {
            throw new K8sAwsException(
                    "Plan add-ons", ref + " is wanted twice", "remove it from one of the add-ons' manifests");
        }
        wanted.add(ref);
    }

    private AddonChange compared(String addon, AddonObject object, ObjectRef ref, String path, LiveObject live) {
        List<FieldConflict> conflicts = List.of();
        Map<String, Object> after;
        try {
            try {
                after = kubernetes.apply(path, object.fields(), Addons.MANAGER, false, true);
            } catch (KubernetesCallException e) {
                conflicts = conflicts(e);
                if (conflicts.isEmpty()) {
                    throw e;
                }
                after = kubernetes.apply(path, object.fields(), Addons.MANAGER, true, true);
            }
        } catch (KubernetesCallException e) {
            if (e.statusCode() != 422 || !isImmutable(e) || !REPLACEABLE.contains(ref.kind())) {
                throw e;
            }
            return new AddonChange(
                    addon,
                    Action.REPLACE,
                    ref,
                    List.of(),
                    conflicts,
                    fixedFields(e),
                    Optional.of(object),
                    Optional.of(live.uid()));
        }
        List<FieldChange> fields = ObjectDifference.of(live.fields(), after);
        return new AddonChange(
                addon,
                fields.isEmpty() ? Action.NONE : Action.UPDATE,
                ref,
                fields,
                conflicts,
                fields.isEmpty() || live.wasAppliedBy(Addons.MANAGER) ? "" : "was made by somebody else",
                Optional.of(object),
                Optional.of(live.uid()));
    }

    private static boolean isImmutable(KubernetesCallException failure) {
        return IMMUTABLE
                .matcher(failure.getMessage() == null ? "" : failure.getMessage())
                .find();
    }

    private static String fixedFields(KubernetesCallException failure) {
        String fields = failure.failure().causes().stream()
                .map(KubernetesCallException.Cause::field)
                .distinct()
                .reduce((a, b) -> a + ", " + b)
                .orElse("a field");
        return fields + " cannot be changed in place";
    }

    /** Who has set fields otherwise, as the server tells it. */
    static List<FieldConflict> conflicts(KubernetesCallException failure) {
        return failure.failure().causes().stream()
                .filter(cause -> cause.reason().equals("FieldManagerConflict"))
                .map(cause -> {
                    Matcher manager = MANAGER.matcher(cause.message());
                    return new FieldConflict(manager.matches() ? manager.group(1) : cause.message(), cause.field());
                })
                .toList();
    }

    /** What we applied once and want no more. */
    private List<AddonChange> leaving() {
        List<AddonChange> leaving = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (ApiKinds.Kind kind : kinds.all()) {
            if (!kind.listable() || DERIVED.contains(kind.kind())) {
                continue;
            }
            for (Map<String, Object> item : kubernetes.list(kind.path(""), OURS)) {
                LiveObject live = new LiveObject(item);
                ObjectRef ref = live.ref(kind);
                if (wanted.stream().noneMatch(ref::isSameAs)
                        && live.wasAppliedBy(Addons.MANAGER)
                        && !live.hasOwner()
                        && !live.isGoing()
                        && seen.add(live.uid())) {
                    leaving.add(leave(ref, live));
                }
            }
        }
        return leaving;
    }

    private AddonChange leave(ObjectRef ref, LiveObject live) {
        Optional<String> stays =
                switch (ref.kind()) {
                    case "CustomResourceDefinition" -> inhabitants(live);
                    case "Namespace" -> inhabitants(ref.name());
                    default -> Optional.empty();
                };
        return new AddonChange(
                live.label(Addon.LABEL),
                stays.isPresent() ? Action.NONE : Action.DELETE,
                ref,
                List.of(),
                List.of(),
                stays.map(what -> "stays, because it holds " + what).orElse("no longer wanted"),
                Optional.empty(),
                Optional.of(live.uid()));
    }

    /** With a definition all its objects would go. */
    private Optional<String> inhabitants(LiveObject definition) {
        String group = definition.text("spec", "group");
        String plural = definition.text("spec", "names", "plural");
        for (Object version : definition.list("spec", "versions")) {
            if (version instanceof Map<?, ?> map
                    && Boolean.TRUE.equals(map.get("served"))
                    && map.get("name") instanceof String name) {
                int count = foreign(kubernetes.list("/apis/" + group + "/" + name + "/" + plural, ""));
                return count == 0 ? Optional.empty() : Optional.of(count + " " + plural);
            }
        }
        return Optional.empty();
    }

    /** With a namespace all in it would go. */
    private Optional<String> inhabitants(String namespace) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (ApiKinds.Kind kind : kinds.all()) {
            if (kind.namespaced() && kind.listable() && !DERIVED.contains(kind.kind())) {
                List<Map<String, Object>> items = kubernetes.list(kind.path(namespace), "").stream()
                        .filter(item -> !isEverywhere(kind, new LiveObject(item)))
                        .toList();
                int count = foreign(items);
                if (count > 0) {
                    counts.put(kind.plural(), count);
                }
            }
        }
        return counts.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .reduce((a, b) -> a + ", " + b);
    }

    private static boolean isEverywhere(ApiKinds.Kind kind, LiveObject object) {
        String name = object.text("metadata", "name");
        return (kind.kind().equals("ServiceAccount") && name.equals("default"))
                || (kind.kind().equals("ConfigMap") && name.equals("kube-root-ca.crt"));
    }

    private static int foreign(List<Map<String, Object>> items) {
        return (int) items.stream()
                .map(LiveObject::new)
                .filter(object -> !object.wasAppliedBy(Addons.MANAGER) && !object.hasOwner())
                .count();
    }
}
