package io.k8saws.dns.internal.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.k8saws.dns.plan.ReverseNames;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.source.Derivation;
import io.k8saws.dns.source.ObjectKey;
import io.k8saws.dns.source.SourceKind;
import io.k8saws.dns.source.Sources;
import io.k8saws.error.Violation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What all objects together want of each name. When an object changes, it and those that asked for it are looked at again; the names that they wanted before or want
 * now, and no others, are told. Safe to use from many threads.
 */
public final class DesiredNames {
    /**
     * What is wanted of a name.
     *
     * @param endpoints the records
     * @param holding the objects that ask for what cannot be, so that the name stays as it is
     * @param awaiting the objects that want the name and have nothing to lead to
     */
    public record Wish(List<Endpoint> endpoints, Set<ObjectKey> holding, Set<ObjectKey> awaiting) {
        /** Copies what is given. */
        public Wish {
            endpoints = List.copyOf(endpoints);
            holding = Set.copyOf(holding);
            awaiting = Set.copyOf(awaiting);
        }

        /**
         * Whether the name stays as it is.
         *
         * @return whether an object asks for what cannot be
         */
        public boolean held() {
            return !holding.isEmpty();
        }
    }

    private static final ObjectKey PROGRAM = new ObjectKey("Program", "", "records");

    private final ClusterObjects objects;
    private final Sources sources;
    private final Map<ObjectKey, Derivation> derivations = new HashMap<>();
    private final Map<ObjectKey, Set<ObjectKey>> askedBy = new HashMap<>();
    private final Map<ObjectKey, Set<ObjectKey>> asked = new HashMap<>();
    private final Map<DnsName, Set<ObjectKey>> wantedBy = new HashMap<>();

    DesiredNames(ClusterObjects objects, Sources sources) {
        this.objects = objects;
        this.sources = sources;
    }

    /**
     * Takes records of the program's own, in the place of those before.
     *
     * @param endpoints all of them
     * @return the names to look at
     */
    public synchronized Set<DnsName> program(List<Endpoint> endpoints) {
        return replace(PROGRAM, new Derivation(endpoints, Set.of(), Set.of(), List.of()));
    }

    /** Forgets all objects; the program's own records stay. */
    synchronized void reset() {
        Derivation program = derivations.getOrDefault(PROGRAM, Derivation.nothing());
        derivations.clear();
        askedBy.clear();
        asked.clear();
        wantedBy.clear();
        Set<DnsName> unused = replace(PROGRAM, program);
    }

    /** An object came, changed or went. Returns the names to look at. */
    synchronized Set<DnsName> changed(ObjectKey key) {
        Set<ObjectKey> again = new TreeSet<>();
        again.add(key);
        again.addAll(askedBy.getOrDefault(key, Set.of()));
        again.addAll(askedBy.getOrDefault(new ObjectKey(key.kind(), key.namespace(), ClusterObjects.ANY), Set.of()));
        Set<DnsName> dirty = new HashSet<>();
        again.forEach(each -> dirty.addAll(lookAt(each)));
        return dirty;
    }

    /** The objects of a kind that count for names: those that want any, those that look at others, and those that are looked at. */
    synchronized Set<ObjectKey> keysOf(String kind) {
        Set<ObjectKey> keys = new TreeSet<>();
        for (Set<ObjectKey> all : List.of(derivations.keySet(), asked.keySet(), askedBy.keySet())) {
            all.stream().filter(key -> key.kind().equals(kind)).forEach(keys::add);
        }
        return keys;
    }

    private Set<DnsName> lookAt(ObjectKey key) {
        Optional<? extends HasMetadata> object = objects.find(key);
        Set<ObjectKey> needs = new HashSet<>();
        Derivation derivation = object.map(found -> sources.derive(found, objects.noting(needs)))
                .orElse(Derivation.nothing());
        asked.getOrDefault(key, Set.of()).stream()
                .filter(before -> !needs.contains(before))
                .forEach(before -> forget(askedBy, before, key));
        needs.forEach(
                need -> askedBy.computeIfAbsent(need, k -> new HashSet<>()).add(key));
        if (needs.isEmpty()) {
            asked.remove(key);
        } else {
            asked.put(key, needs);
        }
        return replace(key, derivation);
    }

    private Set<DnsName> replace(ObjectKey key, Derivation derivation) {
        Derivation before = derivations.getOrDefault(key, Derivation.nothing());
        if (derivation.equals(before)) {
            return Set.of();
        }
        Set<DnsName> old = names(before);
        Set<DnsName> now = names(derivation);
        old.stream().filter(name -> !now.contains(name)).forEach(name -> forget(wantedBy, name, key));
        now.forEach(name -> wantedBy.computeIfAbsent(name, n -> new TreeSet<>()).add(key));
        if (derivation.equals(Derivation.nothing())) {
            derivations.remove(key);
        } else {
            derivations.put(key, derivation);
        }
        Set<DnsName> dirty = new HashSet<>(old);
        dirty.addAll(now);
        return dirty;
    }

    private static <K> void forget(Map<K, Set<ObjectKey>> map, K key, ObjectKey object) {
        Set<ObjectKey> left = map.get(key);
        if (left != null) {
            left.remove(object);
            if (left.isEmpty()) {
                map.remove(key);
            }
        }
    }

    private static Set<DnsName> names(Derivation derivation) {
        Set<DnsName> names = new HashSet<>(derivation.awaiting());
        names.addAll(derivation.held());
        derivation.endpoints().forEach(endpoint -> {
            names.add(endpoint.name());
            boolean addresses = endpoint.type() == RecordType.A || endpoint.type() == RecordType.AAAA;
            if (endpoint.options().ptr() && addresses) {
                endpoint.targets().forEach(address -> names.add(ReverseNames.of(address)));
            }
        });
        return names;
    }

    /**
     * What is wanted of a name.
     *
     * @param name the name
     * @return what all objects want of it
     */
    public synchronized Wish wish(DnsName name) {
        List<Endpoint> endpoints = new ArrayList<>();
        Set<ObjectKey> holding = new HashSet<>();
        Set<ObjectKey> awaiting = new HashSet<>();
        for (ObjectKey key : wantedBy.getOrDefault(name, Set.of())) {
            Derivation derivation = derivations.getOrDefault(key, Derivation.nothing());
            derivation.endpoints().stream()
                    .filter(endpoint ->
                            endpoint.name().equals(name) || endpoint.options().ptr())
                    .forEach(endpoints::add);
            if (derivation.held().contains(name)) {
                holding.add(key);
            }
            if (derivation.awaiting().contains(name)) {
                awaiting.add(key);
            }
        }
        return new Wish(endpoints, holding, awaiting);
    }

    /**
     * The objects that want a name.
     *
     * @param name the name
     * @return in their order
     */
    public synchronized Collection<ObjectKey> objectsOf(DnsName name) {
        return List.copyOf(wantedBy.getOrDefault(name, Set.of()));
    }

    /**
     * The names that an object wants.
     *
     * @param key which object
     * @return the names
     */
    public synchronized Set<DnsName> namesOf(ObjectKey key) {
        return names(derivations.getOrDefault(key, Derivation.nothing()));
    }

    /**
     * How an object stands in the marks of its records.
     *
     * @param key which object
     * @return such as {@code service/default/web}; empty when it wants no record, several for the program's own records
     */
    public synchronized Set<String> causesOf(ObjectKey key) {
        Set<String> causes = new HashSet<>();
        derivations
                .getOrDefault(key, Derivation.nothing())
                .endpoints()
                .forEach(endpoint -> causes.add(endpoint.cause().text()));
        return causes;
    }

    /**
     * The names for which an object has nothing to lead to.
     *
     * @param key which object
     * @return the names
     */
    public synchronized Set<DnsName> awaiting(ObjectKey key) {
        return derivations.getOrDefault(key, Derivation.nothing()).awaiting();
    }

    /**
     * What is wrong with an object by itself.
     *
     * @param key which object
     * @return the problems
     */
    public synchronized List<Violation> problems(ObjectKey key) {
        return derivations.getOrDefault(key, Derivation.nothing()).problems();
    }

    /**
     * The objects with which something is wrong.
     *
     * @return in their order
     */
    public synchronized List<ObjectKey> troubled() {
        return derivations.entrySet().stream()
                .filter(entry -> !entry.getValue().problems().isEmpty())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /**
     * Tells whether any object of a kind wants a name.
     *
     * @param kind as it stands in marks, such as {@code service}
     * @return whether one does, be it that it waits or cannot have it
     */
    public synchronized boolean isWantedBy(String kind) {
        return derivations.entrySet().stream()
                .anyMatch(one -> one.getValue().endpoints().isEmpty()
                        ? isOf(kind, one.getKey())
                                && !(one.getValue().awaiting().isEmpty()
                                        && one.getValue().held().isEmpty())
                        : one.getValue().endpoints().stream()
                                .anyMatch(endpoint -> endpoint.cause().kind().equals(kind)));
    }

    private static boolean isOf(String kind, ObjectKey object) {
        return Arrays.stream(SourceKind.values())
                .anyMatch(source ->
                        source.kind().equals(object.kind()) && source.mark().equals(kind));
    }

    /**
     * All names that any object wants.
     *
     * @return the names
     */
    public synchronized Set<DnsName> names() {
        return Set.copyOf(wantedBy.keySet());
    }
}
