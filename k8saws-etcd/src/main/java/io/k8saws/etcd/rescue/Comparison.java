package io.k8saws.etcd.rescue;

import io.k8saws.etcd.Etcd;
import io.k8saws.etcd.StoredKey;
import io.k8saws.etcd.registry.ResourceKey;
import io.k8saws.etcd.registry.ResourceValue;
import io.k8saws.etcd.snapshot.KeyRevision;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.plan.Action;
import io.k8saws.plan.Risk;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes a plan: one pass over the snapshot, one over the live keys, then a decision for each chosen key. Used once, by one thread. */
final class Comparison {
    /** What API servers give Events unless told otherwise by {@code --event-ttl}. */
    private static final Duration EVENT_LIFE = Duration.ofHours(1);

    private static final Set<String> BUILT_IN_JSON = Set.of("apiregistration.k8s.io", "apiextensions.k8s.io");

    private final Selection selection;
    private final SnapshotFile snapshot;
    private final Etcd etcd;
    private final Rescue.Options options;
    private final Map<String, Chosen> chosen = new TreeMap<>();
    private final List<RescuePlan.LeftOut> leftOut = new ArrayList<>();
    /** Those of them that API servers keep for themselves. */
    private final List<ResourceKey> apiServersOwn = new ArrayList<>();
    /** Chosen namespaces and definitions, such as {@code namespaces shop}. */
    private final Set<String> scopes = new HashSet<>();

    private final SnapshotNames names;

    private String systemUid = "";

    Comparison(Selection selection, SnapshotFile snapshot, Etcd etcd, Rescue.Options options) {
        this.selection = selection;
        this.snapshot = snapshot;
        this.etcd = etcd;
        this.options = options;
        this.names = new SnapshotNames(selection);
    }

    RescuePlan plan() {
        long source = Math.min(options.revision(), snapshot.revision());
        try (Stream<KeyRevision> keys = snapshot.keys(source)) {
            keys.forEach(this::choose);
        }
        requireNamed(source);
        if (!options.deletes()) {
            requireObjects(source);
        }
        Set<String> owned = chosen.values().stream().map(Chosen::uid).collect(Collectors.toSet());
        Set<String> owners = chosen.values().stream()
                .flatMap(one -> one.ownerUids().stream())
                .filter(uid -> !owned.contains(uid))
                .collect(Collectors.toSet());
        LiveLook live =
                new LiveLook(chosen, chosen.values().stream().map(Chosen::type).collect(Collectors.toSet()), owners);
        long revision = etcd.revision();
        try (Stream<StoredKey> keys = etcd.keys("", revision)) {
            live.at(
                    keys,
                    selection,
                    leftOut.stream().map(RescuePlan.LeftOut::key).collect(Collectors.toSet()),
                    options.shortLived());
        }
        if (options.deletes()) {
            live.apiServersOwn.forEach((key, own) -> leaveOut(
                    key,
                    Optional.of(own),
                    Exclusion.apiServersOwn(Optional.of(own)).orElseThrow()));
            if (live.extra.isEmpty()) {
                requireObjects(source);
            }
        }
        return decide(source, revision, live);
    }

    /** What came since may be all that there is of a name, so a deletion may name what the snapshot does not have; its plan shows each key. */
    private void requireNamed(long source) {
        List<String> missing = names.missing();
        if (!missing.isEmpty() && !options.deletes()) {
            throw RescueRefusedException.missing(selection, Rescue.name(snapshot), source, missing);
        }
    }

    /** A plan of nothing would look as if all were well. */
    private void requireObjects(long source) {
        if (!apiServersOwn.isEmpty() && apiServersOwn.size() == leftOut.size() && chosen.isEmpty()) {
            List<String> each = apiServersOwn.stream()
                    .collect(Collectors.groupingBy(ResourceKey::resource, TreeMap::new, Collectors.toList()))
                    .values()
                    .stream()
                    .map(Comparison::text)
                    .toList();
            throw RescueRefusedException.apiServersOwn(selection, Rescue.name(snapshot), source, each);
        }
    }

    /** For example {@code 2 keys of ranges: API servers keep there ...}. */
    private static String text(List<ResourceKey> own) {
        ResourceKey first = own.get(0);
        return own.size() + (own.size() == 1 ? " key of " : " keys of ") + first.resource() + ": "
                + Exclusion.apiServersOwn(Optional.of(first)).orElseThrow();
    }

    private void leaveOut(String key, Optional<ResourceKey> resource, String reason) {
        leftOut.add(new RescuePlan.LeftOut(key, false, reason));
        resource.filter(one -> Exclusion.apiServersOwn(resource).isPresent()).ifPresent(apiServersOwn::add);
    }

    private void choose(KeyRevision key) {
        Optional<ResourceKey> resource = key.resource();
        String text = key.keyText();
        names.see(text, resource);
        if (resource.filter(one ->
                        one.type().equals(LiveLook.NAMESPACES) && one.name().equals(LiveLook.SYSTEM))
                .isPresent()) {
            systemUid = ResourceValue.of(key.value()).uid();
        }
        if (!selection.matches(text, resource)) {
            return;
        }
        Optional<String> excluded = Exclusion.reason(resource, key.lease(), options.shortLived());
        if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), key.key())) {
            leftOut.add(new RescuePlan.LeftOut(text, true, "its name is no text in UTF-8"));
        } else if (excluded.isPresent()) {
            leaveOut(text, resource, excluded.get());
        } else {
            chosen.put(text, Chosen.of(key, resource));
            resource.filter(one ->
                            one.type().equals(LiveLook.NAMESPACES) || one.type().equals(LiveLook.DEFINITIONS))
                    .ifPresent(one -> scopes.add(one.toString()));
        }
    }

    private RescuePlan decide(long source, long revision, LiveLook live) {
        List<RescueChange> changes = new ArrayList<>();
        List<Chosen> written = new ArrayList<>();
        long unchanged = 0;
        for (Chosen one : WriteOrder.of(chosen.values())) {
            LiveLook.Seen seen = live.seen.get(one.key());
            Optional<String> refusal = refusal(one, live);
            if (seen != null && seen.same()) {
                unchanged++;
            } else if (refusal.isPresent()) {
                leftOut.add(new RescuePlan.LeftOut(one.key(), true, refusal.get()));
            } else {
                written.add(one);
                changes.add(new RescueChange(
                        one.key(),
                        seen == null ? Action.CREATE : Action.REPLACE,
                        seen == null ? Risk.SAFE : Risk.DATA_LOSS,
                        seen == null
                                ? "only the snapshot has it"
                                : "the live value is another, of revision " + seen.modRevision(),
                        seen == null ? 0 : seen.modRevision(),
                        one.revision(),
                        one.bytes(),
                        Exclusion.isEvent(one.resource()) ? EVENT_LIFE : Duration.ZERO));
            }
        }
        if (options.deletes()) {
            live.extra.forEach((key, seen) -> changes.add(new RescueChange(
                    key, Action.DELETE, Risk.DATA_LOSS, "it came since the snapshot", seen, 0, 0, Duration.ZERO)));
        }
        List<String> caveats = new ArrayList<>();
        names.missing().forEach(one -> caveats.add("the snapshot has " + one));
        names.none().forEach(one -> caveats.add("the snapshot has " + one));
        if (caveats.isEmpty() && chosen.isEmpty() && leftOut.isEmpty()) {
            caveats.add("the snapshot has each of the names, and no key that all of it fits");
        }
        caveats.addAll(new Caveats(changes, written, live).text(systemUid, options.deletes()));
        return new RescuePlan(
                Rescue.name(snapshot),
                snapshot.fingerprint(),
                etcd.clusterId(),
                source,
                revision,
                selection,
                changes,
                unchanged,
                leftOut,
                caveats);
    }

    /** Why a value must not be written; empty when it may. */
    private Optional<String> refusal(Chosen one, LiveLook live) {
        Optional<ResourceKey> resource = one.resource();
        if (resource.isEmpty()) {
            return Optional.empty();
        }
        ResourceKey object = resource.get();
        String namespace = object.namespace();
        if (!namespace.isEmpty() && !live.namespaces.contains(namespace) && !isChosen(LiveLook.NAMESPACES, namespace)) {
            return Optional.of("namespace " + namespace + " is not there; make it, or rescue it, too");
        }
        if (one.json() && object.group().contains(".") && !BUILT_IN_JSON.contains(object.group())) {
            String definition = object.type();
            if (!live.definitions.contains(definition) && !isChosen(LiveLook.DEFINITIONS, definition)) {
                return Optional.of("the definition " + definition + " is not there; rescue it first");
            }
        }
        return encryption(one, live.encryptions(object.type()));
    }

    private boolean isChosen(String type, String name) {
        return scopes.contains(type + " " + name);
    }

    /** One value that an API server cannot decrypt makes each list of its kind fail, so what it cannot surely read is refused. */
    private Optional<String> encryption(Chosen one, Set<String> live) {
        if (live.contains(one.encryption()) || options.trustedKeys().contains(one.encryption())) {
            return Optional.empty();
        }
        if (one.encryption().isEmpty()) {
            return live.isEmpty()
                    ? Optional.empty()
                    : Optional.of("it is not encrypted, and all live " + one.type() + " are (" + String.join("; ", live)
                            + "), so API servers may not read it");
        }
        return Optional.of("it is " + one.encryption() + ", by which no live value of its kind is encrypted"
                + (live.isEmpty()
                        ? " (there is none)"
                        : " ("
                                + live.stream()
                                        .map(how -> how.isEmpty() ? "plain" : how)
                                        .collect(Collectors.joining("; "))
                                + ")")
                + "; if the API servers have that key, say so by trustingKey");
    }
}
