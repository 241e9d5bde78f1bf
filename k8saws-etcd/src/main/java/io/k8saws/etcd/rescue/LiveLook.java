package io.k8saws.etcd.rescue;

import io.k8saws.etcd.StoredKey;
import io.k8saws.etcd.registry.ResourceKey;
import io.k8saws.etcd.registry.ResourceValue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What one pass over the live keys has shown. Used by one thread. */
final class LiveLook {
    static final String NAMESPACES = "namespaces";
    static final String DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";
    static final String SYSTEM = "kube-system";

    private final Map<String, Chosen> chosen;
    private final Set<String> types;
    private final Set<String> owners;
    private final Set<String> chosenUids;

    final Map<String, Seen> seen = new HashMap<>();
    /** By key, the mod revision of chosen keys that the snapshot does not have. */
    final Map<String, Long> extra = new TreeMap<>();
    /** As those, but what API servers keep for themselves. */
    final Map<String, ResourceKey> apiServersOwn = new TreeMap<>();
    /** By type, how values are encrypted; an empty text for plain ones. */
    final Map<String, Set<String>> encryptions = new HashMap<>();

    final Set<String> namespaces = new HashSet<>();
    final Set<String> definitions = new HashSet<>();
    final Set<String> ownersSeen = new HashSet<>();
    String systemUid = "";

    /** A live key that is chosen, too. */
    record Seen(long modRevision, boolean same) {}

    /** Looks for what a choice needs to know: its keys, the encryption of its types, and owners that are not in it. */
    LiveLook(Map<String, Chosen> chosen, Set<String> types, Set<String> owners) {
        this.chosen = chosen;
        this.types = types;
        this.owners = owners;
        this.chosenUids = chosen.values().stream()
                .map(Chosen::uid)
                .filter(uid -> !uid.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    Set<String> chosenUids() {
        return chosenUids;
    }

    void at(Stream<StoredKey> keys, Selection selection, Set<String> alsoInSnapshot, boolean shortLived) {
        keys.forEach(key -> {
            String text = key.keyText();
            Optional<ResourceKey> resource = key.resource();
            byte[] value = key.value();
            Chosen wanted = chosen.get(text);
            if (wanted != null) {
                seen.put(text, new Seen(key.modRevision(), Chosen.digest(value).equals(wanted.digest())));
            } else if (selection.matches(text, resource) && !alsoInSnapshot.contains(text)) {
                if (Exclusion.apiServersOwn(resource).isPresent()) {
                    apiServersOwn.put(text, resource.orElseThrow());
                } else if (Exclusion.reason(resource, key.lease(), shortLived).isEmpty()) {
                    extra.put(text, key.modRevision());
                }
            }
            resource.ifPresent(one -> gist(one, value));
        });
    }

    private void gist(ResourceKey resource, byte[] value) {
        String type = resource.type();
        boolean system = type.equals(NAMESPACES) && resource.name().equals(SYSTEM);
        if (type.equals(NAMESPACES)) {
            namespaces.add(resource.name());
        } else if (type.equals(DEFINITIONS)) {
            definitions.add(resource.name());
        }
        if (system || types.contains(type) || !owners.isEmpty()) {
            ResourceValue gist = ResourceValue.of(value);
            if (system) {
                systemUid = gist.uid();
            }
            if (types.contains(type)) {
                encryptions
                        .computeIfAbsent(type, unused -> new TreeSet<>())
                        .add(gist.encryption().orElse(""));
            }
            if (owners.contains(gist.uid())) {
                ownersSeen.add(gist.uid());
            }
        }
    }

    Set<String> encryptions(String type) {
        return Objects.requireNonNullElse(encryptions.get(type), Set.of());
    }
}
