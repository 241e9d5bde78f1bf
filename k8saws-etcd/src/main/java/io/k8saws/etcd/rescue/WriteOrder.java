package io.k8saws.etcd.rescue;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Namespaces first, then definitions of custom resources, then owners before what they own: the garbage collector deletes what it sees without its owner. */
final class WriteOrder {
    private static final int NAMESPACE = 0;
    private static final int DEFINITION = 1;
    private static final int FIRST_DEPTH = 2;
    /** No object is owned through so many others. */
    private static final int DEEPEST = 64;

    private final Map<String, Chosen> byUid = new HashMap<>();
    private final Map<String, Integer> depths = new HashMap<>();

    private WriteOrder(Collection<Chosen> chosen) {
        chosen.stream().filter(one -> !one.uid().isEmpty()).forEach(one -> byUid.put(one.uid(), one));
    }

    static List<Chosen> of(Collection<Chosen> chosen) {
        WriteOrder order = new WriteOrder(chosen);
        Map<String, Integer> ranks = new HashMap<>();
        chosen.forEach(one -> ranks.put(one.key(), order.rank(one)));
        return chosen.stream()
                .sorted(Comparator.<Chosen>comparingInt(one -> ranks.getOrDefault(one.key(), FIRST_DEPTH))
                        .thenComparing(Chosen::key))
                .toList();
    }

    private int rank(Chosen one) {
        return switch (one.type()) {
            case LiveLook.NAMESPACES -> NAMESPACE;
            case LiveLook.DEFINITIONS -> DEFINITION;
            default -> FIRST_DEPTH + depth(one, DEEPEST);
        };
    }

    private int depth(Chosen one, int left) {
        Integer known = depths.get(one.key());
        if (known != null || left == 0) {
            return known == null ? 0 : known;
        }
        depths.put(one.key(), 0); // where a circle of owners ends
        int deepest = 0;
        for (String uid : one.ownerUids()) {
            Chosen owner = byUid.get(uid);
            if (owner != null) {
                deepest = Math.max(deepest, 1 + depth(owner, left - 1));
            }
        }
        depths.put(one.key(), deepest);
        return deepest;
    }
}
