package io.k8saws.etcd;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Things to write into an etcd, always the same for a seed. */
final class Histories {
    private final Gateway etcd;
    private final SplittableRandom random;
    private final Set<String> live = new HashSet<>();

    Histories(Gateway etcd, long seed) {
        this.etcd = etcd;
        this.random = new SplittableRandom(seed);
    }

    /** Enough keys for pages that point to pages. */
    Histories manyKeys(int keys) {
        byte[] value = new byte[60];
        for (int from = 0; from < keys; from += 100) {
            List<String> batch = new ArrayList<>();
            for (int i = from; i < Math.min(keys, from + 100); i++) {
                batch.add(String.format("/registry/configmaps/many/map-%06d", i));
            }
            random.nextBytes(value);
            etcd.transaction(batch, value);
        }
        return this;
    }

    /** Writes, overwrites, deletes, some with a lease, some of them too large for a page. */
    Histories changes(int changes) {
        long lease = etcd.lease(3600);
        for (int i = 0; i < changes; i++) {
            String key = "/registry/pods/default/pod-" + random.nextInt(Math.max(1, changes / 4));
            int what = random.nextInt(10);
            if (what < 2 && live.remove(key)) {
                etcd.delete(key);
            } else {
                byte[] value = new byte[what == 9 && random.nextInt(5) == 0 ? 200_000 : random.nextInt(500)];
                random.nextBytes(value);
                etcd.put(key, value, what == 8 ? lease : 0);
                live.add(key);
            }
        }
        return this;
    }

    /** Compacts so that a deletion lies exactly at the revision, where versions of etcd differ. */
    long compactAtADeletion() {
        etcd.put("/doomed", "1");
        etcd.delete("/doomed");
        long revision = etcd.revision();
        etcd.compact(revision);
        return revision;
    }
}
