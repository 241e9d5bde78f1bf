package io.k8saws.dns.controller;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.source.ObjectKey;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;

/** Names to be looked at, and objects to be told. Safe to use from many threads. */
final class Changes {
    private final Set<DnsName> names = new HashSet<>();
    private final Set<ObjectKey> objects = new HashSet<>();

    synchronized void add(Collection<DnsName> moreNames, Collection<ObjectKey> moreObjects) {
        names.addAll(moreNames);
        objects.addAll(moreObjects);
    }

    synchronized void clear() {
        names.clear();
        objects.clear();
    }

    /** How many names there are. */
    synchronized int names() {
        return names.size();
    }

    /** Takes all, and puts it back when the work throws. */
    void work(BiConsumer<Set<DnsName>, Set<ObjectKey>> work) {
        Set<DnsName> someNames;
        Set<ObjectKey> someObjects;
        synchronized (this) {
            someNames = Set.copyOf(names);
            someObjects = Set.copyOf(objects);
            clear();
        }
        try {
            work.accept(someNames, someObjects);
        } catch (RuntimeException e) {
            add(someNames, someObjects);
            throw e;
        }
    }
}
