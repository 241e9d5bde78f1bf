package io.k8saws.dns;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.dns.internal.kubernetes.ListedObjects;
import io.k8saws.dns.plan.KeptNames;
import io.k8saws.dns.record.Cause;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.source.Derivation;
import io.k8saws.dns.source.ObjectKey;
import io.k8saws.dns.source.SourceKind;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.dns.source.Sources;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.Violation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The names that objects of a cluster want, for a plan that is made once.
 *
 * <pre>{@code
 * ClusterRecords wanted = ClusterRecords.read(client, SourceSettings.defaults());
 * DnsPlan plan = dns.plan(wanted);
 * }</pre>
 *
 * <p>A name whose object asks what cannot be, or has no address to lead to, is kept by the plan as it is, which tells so. Immutable.
 */
public final class ClusterRecords {
    private final List<Endpoint> endpoints;
    private final KeptNames kept;
    private final List<String> problems;

    private ClusterRecords(List<Endpoint> endpoints, KeptNames kept, List<String> problems) {
        this.endpoints = List.copyOf(endpoints);
        this.kept = kept;
        this.problems = List.copyOf(problems);
    }

    /**
     * Lists the objects of a cluster that the settings look at, and those to which they refer, 500 at a time, and reads what they ask for. What is wrong with an object is told, and all others go on.
     *
     * @param client reaches the cluster; it stays the caller's. It needs the right to list each kind
     * @param settings which objects, and by which rules
     * @return what they want
     * @throws K8sAwsException if the cluster does not serve a kind, or it cannot be listed; it names the kind
     */
    public static ClusterRecords read(KubernetesClient client, SourceSettings settings) {
        return of(ListedObjects.read(client, settings), settings);
    }

    /**
     * Reads what objects ask for, where they are listed already. What is wrong with an object is told, and all others go on.
     *
     * <p>What is left out here is wanted by nobody, and its names go. An object that refers to others, such as a Service of type NodePort to nodes, and finds not one of their kind here, or one of another class, asks what cannot be known: nothing goes or changes of its names.
     *
     * @param objects all objects of the kinds of the settings, and those to which they refer: nodes, pods and EndpointSlices for Services of type NodePort and headless ones, nodes for pods, Gateways and namespaces for routes, Ingresses for Gateways; each of the class that a {@link KubernetesClient} gives for version {@code v1}, a {@code DNSEndpoint} as generic resource
     * @param settings which objects, and by which rules
     * @return what they want
     * @throws K8sAwsException if an object says no kind
     */
    public static ClusterRecords of(Collection<? extends HasMetadata> objects, SourceSettings settings) {
        return of(new ListedObjects(objects), settings);
    }

    private static ClusterRecords of(ListedObjects listed, SourceSettings settings) {
        Gathering gathering = new Gathering();
        Sources sources = new Sources(settings);
        for (HasMetadata object : listed.all()) {
            Set<String> lacking = new TreeSet<>();
            Derivation derivation = sources.derive(object, listed.noting(lacking));
            if (lacking.isEmpty()) {
                gathering.add(ObjectKey.of(object), derivation);
            } else {
                gathering.addUnsure(ObjectKey.of(object), derivation, why(lacking, listed));
            }
        }
        listed.unread().forEach((key, type) -> {
            if (settings.kinds().stream().anyMatch(kind -> kind.kind().equals(key.kind()))) {
                gathering.addUnsure(
                        key,
                        Derivation.nothing(),
                        "it cannot be read. Give it as an object of class " + type.getCanonicalName() + ".");
            }
        });
        return gathering.done();
    }

    /** Why it is not known what an object wants. */
    private static String why(Set<String> lacking, ListedObjects listed) {
        Map<String, String> classes = new TreeMap<>();
        listed.unread().forEach((key, type) -> {
            if (lacking.contains(key.kind())) {
                classes.put(key.kind(), String.valueOf(type.getCanonicalName()));
            }
        });
        String refers = "it refers to objects of kind " + String.join(", ", lacking);
        return classes.isEmpty()
                ? refers + ", and not one of them was given. List them, too."
                : refers + ", and not all of them can be read. Give each as an object of class "
                        + String.join(", ", classes.values()) + ".";
    }

    /** Collects what objects want. Not thread-safe. */
    private static final class Gathering {
        private final List<Endpoint> endpoints = new ArrayList<>();
        private final Map<DnsName, Set<String>> held = new HashMap<>();
        private final Map<DnsName, Set<String>> awaiting = new HashMap<>();
        private final Map<String, String> unsure = new HashMap<>();
        private final Set<String> kinds = new TreeSet<>();
        private final List<String> problems = new ArrayList<>();

        void add(ObjectKey key, Derivation derivation) {
            endpoints.addAll(derivation.endpoints());
            hold(derivation.held(), key, derivation);
            derivation.awaiting().forEach(name -> put(awaiting, name, key.toString()));
            if (!derivation.held().isEmpty() || !derivation.awaiting().isEmpty()) {
                mark(key).ifPresent(mark -> kinds.add(mark.kind()));
            }
            derivation.problems().forEach(problem -> problems.add(key + ": " + problem));
        }

        /** Of an object of which it is not known what it wants: what it seems to want may be wrong, and there may be more. */
        void addUnsure(ObjectKey key, Derivation derivation, String why) {
            String text = key + ": " + why;
            derivation.endpoints().forEach(endpoint -> put(held, endpoint.name(), text));
            derivation.awaiting().forEach(name -> put(held, name, text));
            hold(derivation.held(), key, derivation);
            mark(key).ifPresent(mark -> {
                unsure.put(mark.text(), text);
                kinds.add(mark.kind());
            });
            problems.add(text);
            derivation.problems().forEach(problem -> problems.add(key + ": " + problem));
        }

        private void hold(Set<DnsName> names, ObjectKey key, Derivation derivation) {
            String why = key + ": "
                    + derivation.problems().stream().map(Violation::toString).collect(Collectors.joining(" "));
            names.forEach(name -> put(held, name, why));
        }

        /** The object, as it stands in marks. */
        private static Optional<Cause> mark(ObjectKey key) {
            return Arrays.stream(SourceKind.values())
                    .filter(kind -> kind.kind().equals(key.kind()))
                    .map(kind -> new Cause(kind.mark(), key.namespace(), key.name(), ""))
                    .findFirst();
        }

        private static void put(Map<DnsName, Set<String>> names, DnsName name, String text) {
            names.computeIfAbsent(name, n -> new TreeSet<>()).add(text);
        }

        ClusterRecords done() {
            return new ClusterRecords(endpoints, new KeptNames(held, awaiting, unsure, kinds), problems);
        }
    }

    /**
     * With the names of a program beside: one plan wants all names of its owner.
     *
     * @param records what the program wants
     * @return both
     */
    public ClusterRecords with(Records records) {
        List<Endpoint> all = new ArrayList<>(endpoints);
        all.addAll(records.endpoints());
        return new ClusterRecords(all, kept, problems);
    }

    /**
     * What the names shall lead to.
     *
     * @return without those that are kept
     */
    public List<Endpoint> endpoints() {
        return endpoints;
    }

    /**
     * The names that keep what they have.
     *
     * @return none when all objects can have what they ask for
     */
    public KeptNames kept() {
        return kept;
    }

    /**
     * What is wrong with objects, also where it keeps no name.
     *
     * @return a text for each mistake, which begins with the object
     */
    public List<String> problems() {
        return problems;
    }

    /** How many there are, then what is wrong, a line each. */
    @Override
    public String toString() {
        String head = "records wanted: " + endpoints.size() + ", names held: "
                + kept.held().size() + ", names waiting: " + kept.awaiting().size();
        return problems.isEmpty() ? head : head + "\n" + String.join("\n", problems);
    }
}
