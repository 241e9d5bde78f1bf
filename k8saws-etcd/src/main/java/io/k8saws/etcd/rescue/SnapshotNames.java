package io.k8saws.etcd.rescue;

import io.k8saws.etcd.internal.kube.BuiltinKinds;
import io.k8saws.etcd.internal.text.Nearest;
import io.k8saws.etcd.registry.ResourceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which of the names of a selection some keys have at all: a mistyped one is in none. Used by one thread. */
final class SnapshotNames {
    /** Enough to offer names that are near; a snapshot with more of them costs no more memory. */
    private static final int MOST = 10_000;

    private final Selection selection;
    private final Set<String> namespaces = new HashSet<>();
    private final Set<String> types = new HashSet<>();
    /** Kinds of which there may be none: their definitions are there. */
    private final Set<String> defined = new HashSet<>();

    private final Set<String> foundNamespaces = new HashSet<>();
    private final Set<String> foundTypes = new HashSet<>();
    private final Set<String> foundPrefixes = new HashSet<>();
    /** By prefix, the key that begins most like it. */
    private final Map<String, String> nearest = new HashMap<>();

    SnapshotNames(Selection selection) {
        this.selection = selection;
    }

    void see(String key, Optional<ResourceKey> resource) {
        resource.ifPresent(one -> {
            String namespace = one.type().equals(LiveLook.NAMESPACES) ? one.name() : one.namespace();
            see(selection.namespaces(), namespace, namespaces, foundNamespaces);
            see(selection.types(), one.type(), types, foundTypes);
            if (one.type().equals(LiveLook.DEFINITIONS) && selection.types().contains(one.name())) {
                defined.add(one.name());
            }
        });
        for (String prefix : selection.prefixes()) {
            if (key.startsWith(prefix)) {
                foundPrefixes.add(prefix);
            } else if (shared(prefix, key) > shared(prefix, nearest.getOrDefault(prefix, ""))) {
                nearest.put(prefix, key);
            }
        }
    }

    private static void see(Set<String> wanted, String name, Set<String> known, Set<String> found) {
        if (wanted.contains(name)) {
            found.add(name);
        }
        if (!name.isEmpty() && known.size() < MOST) {
            known.add(name);
        }
    }

    private static int shared(String first, String second) {
        int length = Math.min(first.length(), second.length());
        for (int i = 0; i < length; i++) {
            if (first.charAt(i) != second.charAt(i)) {
                return i;
            }
        }
        return length;
    }

    /** A sentence for each kind of which there just are no objects: such a name is not mistyped. None when there are no objects of any kind that is named. */
    List<String> none() {
        return foundTypes.isEmpty()
                ? List.of()
                : selection.types().stream()
                        .filter(name -> !foundTypes.contains(name) && isKind(name))
                        .map(name -> "no " + name)
                        .toList();
    }

    private boolean isKind(String name) {
        return BuiltinKinds.has(name) || defined.contains(name);
    }

    /** A sentence for each other name that no key has, with what there is. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (String name : selection.namespaces()) {
            if (!foundNamespaces.contains(name)) {
                missing.add("nothing of namespace " + name + ": " + Nearest.of(name, namespaces));
            }
        }
        for (String name : selection.types()) {
            if (!foundTypes.contains(name) && (foundTypes.isEmpty() || !isKind(name))) {
                missing.add("no " + name + ": of kinds, " + Nearest.of(name, types));
            }
        }
        for (String prefix : selection.prefixes()) {
            if (!foundPrefixes.contains(prefix)) {
                String near = nearest.get(prefix);
                missing.add("no key that begins with " + prefix
                        + (near == null ? "" : ": the one most like it is " + near));
            }
        }
        return missing;
    }
}
