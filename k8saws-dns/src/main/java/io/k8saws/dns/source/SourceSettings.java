package io.k8saws.dns.source;

import io.k8saws.dns.record.DnsName;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which objects give names, and by which rules. Immutable and thread-safe. {@link #defaults()} does as external-dns does with its sources {@code service} and
 * {@code ingress}, under both of its annotation prefixes.
 */
public final class SourceSettings {
    /** external-dns's prefix since its version 0.22. */
    public static final String PREFIX = "external-dns.kubernetes.io/";

    /** external-dns's prefix before its version 0.22. */
    public static final String OLD_PREFIX = "external-dns.alpha.kubernetes.io/";

    private final Builder values;

    private SourceSettings(Builder values) {
        this.values = values;
    }

    /**
     * Services and Ingresses, of all namespaces, by their annotations and rules.
     *
     * @return the settings
     */
    public static SourceSettings defaults() {
        return builder().build();
    }

    /**
     * Starts from the defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A changed copy.
     *
     * @param change sets what is to be different
     * @return the copy
     */
    public SourceSettings with(Consumer<Builder> change) {
        Builder copy = values.copy();
        change.accept(copy);
        return copy.build();
    }

    /**
     * Which kinds are looked at.
     *
     * @return Services and Ingresses by default
     */
    public Set<SourceKind> kinds() {
        return values.kinds;
    }

    /**
     * The one namespace that is looked at.
     *
     * @return empty by default: all
     */
    public Optional<String> namespace() {
        return values.namespace;
    }

    /**
     * The prefixes of annotations, the first with most weight.
     *
     * @return by default {@value #PREFIX} and {@value #OLD_PREFIX}
     */
    public List<String> annotationPrefixes() {
        return values.annotationPrefixes;
    }

    /**
     * The older programs whose words are understood, too.
     *
     * @return none by default
     */
    public Set<Dialect> dialects() {
        return values.dialects;
    }

    /**
     * Labels that an object must have to be looked at.
     *
     * @return none by default
     */
    public Map<String, String> labels() {
        return values.labels;
    }

    /**
     * Whether the hostname annotation of a Service of type ClusterIP makes names.
     *
     * @return false by default
     */
    public boolean publishClusterIps() {
        return values.publishClusterIps;
    }

    /**
     * Whether the names of headless Services lead to the hosts of their pods.
     *
     * @return false by default
     */
    public boolean publishHostIps() {
        return values.publishHostIps;
    }

    /**
     * Whether the names of headless Services lead to pods that are not ready, too.
     *
     * @return false by default
     */
    public boolean publishNotReady() {
        return values.publishNotReady;
    }

    /**
     * The classes of Ingresses that are looked at.
     *
     * @return empty by default: all
     */
    public Set<String> ingressClasses() {
        return values.ingressClasses;
    }

    /**
     * Whether the hosts of an Ingress's rules are names.
     *
     * @return true by default
     */
    public boolean ingressRules() {
        return values.ingressRules;
    }

    /**
     * Whether the hosts of an Ingress's certificates are names.
     *
     * @return true by default
     */
    public boolean ingressTls() {
        return values.ingressTls;
    }

    /**
     * Whether the host names of a Gateway's listeners are names without a route.
     *
     * @return false by default
     */
    public boolean gatewayListeners() {
        return values.gatewayListeners;
    }

    /**
     * Templates that make names of objects.
     *
     * @return none by default
     */
    public List<NameTemplate> templates() {
        return values.templates;
    }

    /**
     * Whether templates make names of objects that have names of their own, too.
     *
     * @return false by default
     */
    public boolean combineTemplates() {
        return values.combineTemplates;
    }

    /**
     * The domain below which each pod on its host's network has a name.
     *
     * @return empty by default: none
     */
    public Optional<DnsName> podDomain() {
        return values.podDomain;
    }

    /**
     * Whether nodes that take no new pods keep their names.
     *
     * @return false by default
     */
    public boolean unschedulableNodes() {
        return values.unschedulableNodes;
    }

    /**
     * Whether annotations that name hosts are left unread.
     *
     * @return false by default
     */
    public boolean ignoreHostnameAnnotation() {
        return values.ignoreHostnameAnnotation;
    }

    /** The kinds and the namespace, and what else is not as by default. */
    @Override
    public String toString() {
        Builder plain = new Builder();
        List<String> parts = new ArrayList<>();
        parts.add(values.kinds.stream().sorted().map(SourceKind::kind).collect(Collectors.joining(", "))
                + values.namespace.map(name -> " of namespace " + name).orElse(" of all namespaces"));
        note(parts, "prefixes ", values.annotationPrefixes, plain.annotationPrefixes);
        note(parts, "dialects ", new TreeSet<>(values.dialects), new TreeSet<>());
        note(parts, "labels ", new TreeMap<>(values.labels), new TreeMap<>());
        note(parts, "publishClusterIps ", values.publishClusterIps, plain.publishClusterIps);
        note(parts, "publishHostIps ", values.publishHostIps, plain.publishHostIps);
        note(parts, "publishNotReady ", values.publishNotReady, plain.publishNotReady);
        note(parts, "ingressClasses ", new TreeSet<>(values.ingressClasses), new TreeSet<>());
        note(parts, "ingressRules ", values.ingressRules, plain.ingressRules);
        note(parts, "ingressTls ", values.ingressTls, plain.ingressTls);
        note(parts, "gatewayListeners ", values.gatewayListeners, plain.gatewayListeners);
        note(
                parts,
                "templates ",
                values.templates.stream().map(NameTemplate::text).toList(),
                List.of());
        note(parts, "combineTemplates ", values.combineTemplates, plain.combineTemplates);
        values.podDomain.ifPresent(domain -> parts.add("podDomain " + domain));
        note(parts, "unschedulableNodes ", values.unschedulableNodes, plain.unschedulableNodes);
        note(parts, "ignoreHostnameAnnotation ", values.ignoreHostnameAnnotation, plain.ignoreHostnameAnnotation);
        return String.join("; ", parts);
    }

    private static void note(List<String> parts, String what, Object value, Object otherwise) {
        if (!value.equals(otherwise)) {
            parts.add(what + value);
        }
    }

    /** Sets what is different from the defaults. Not thread-safe. */
    public static final class Builder {
        private Set<SourceKind> kinds = Set.of(SourceKind.SERVICE, SourceKind.INGRESS);
        private Optional<String> namespace = Optional.empty();
        private List<String> annotationPrefixes = List.of(PREFIX, OLD_PREFIX);
        private Set<Dialect> dialects = Set.of();
        private Map<String, String> labels = Map.of();
        private boolean publishClusterIps;
        private boolean publishHostIps;
        private boolean publishNotReady;
        private Set<String> ingressClasses = Set.of();
        private boolean ingressRules = true;
        private boolean ingressTls = true;
        private boolean gatewayListeners;
        private List<NameTemplate> templates = List.of();
        private boolean combineTemplates;
        private Optional<DnsName> podDomain = Optional.empty();
        private boolean unschedulableNodes;
        private boolean ignoreHostnameAnnotation;

        private Builder() {}

        /**
         * Chooses the kinds.
         *
         * @param kinds the kinds, at least one
         * @return this builder
         */
        public Builder kinds(SourceKind... kinds) {
            this.kinds = Set.copyOf(EnumSet.copyOf(List.of(kinds)));
            return this;
        }

        /**
         * Looks at one namespace only.
         *
         * @param namespace its name
         * @return this builder
         */
        public Builder namespace(String namespace) {
            this.namespace = Optional.of(namespace);
            return this;
        }

        /**
         * Sets the prefixes of annotations.
         *
         * @param annotationPrefixes prefixes that end in a slash, the one with most weight first
         * @return this builder
         */
        public Builder annotationPrefixes(String... annotationPrefixes) {
            this.annotationPrefixes = List.of(annotationPrefixes);
            return this;
        }

        /**
         * Understands the words of older programs, too.
         *
         * @param dialects which
         * @return this builder
         */
        public Builder dialects(Dialect... dialects) {
            this.dialects = Set.of(dialects);
            return this;
        }

        /**
         * Looks only at objects with labels.
         *
         * @param labels all labels that an object must have
         * @return this builder
         */
        public Builder labels(Map<String, String> labels) {
            this.labels = Map.copyOf(labels);
            return this;
        }

        /**
         * Publishes Services of type ClusterIP, too.
         *
         * @param publishClusterIps whether
         * @return this builder
         */
        public Builder publishClusterIps(boolean publishClusterIps) {
            this.publishClusterIps = publishClusterIps;
            return this;
        }

        /**
         * Publishes the hosts of pods behind headless Services.
         *
         * @param publishHostIps whether
         * @return this builder
         */
        public Builder publishHostIps(boolean publishHostIps) {
            this.publishHostIps = publishHostIps;
            return this;
        }

        /**
         * Publishes pods that are not ready, too.
         *
         * @param publishNotReady whether
         * @return this builder
         */
        public Builder publishNotReady(boolean publishNotReady) {
            this.publishNotReady = publishNotReady;
            return this;
        }

        /**
         * Looks only at Ingresses of classes.
         *
         * @param ingressClasses names of classes
         * @return this builder
         */
        public Builder ingressClasses(String... ingressClasses) {
            this.ingressClasses = Set.of(ingressClasses);
            return this;
        }

        /**
         * Takes names from the rules of Ingresses.
         *
         * @param ingressRules whether
         * @return this builder
         */
        public Builder ingressRules(boolean ingressRules) {
            this.ingressRules = ingressRules;
            return this;
        }

        /**
         * Takes names from the certificates of Ingresses.
         *
         * @param ingressTls whether
         * @return this builder
         */
        public Builder ingressTls(boolean ingressTls) {
            this.ingressTls = ingressTls;
            return this;
        }

        /**
         * Takes names from the listeners of Gateways.
         *
         * @param gatewayListeners whether
         * @return this builder
         */
        public Builder gatewayListeners(boolean gatewayListeners) {
            this.gatewayListeners = gatewayListeners;
            return this;
        }

        /**
         * Makes names of objects by templates.
         *
         * @param templates see {@link NameTemplate}
         * @return this builder
         * @throws InvalidSpecException with all that is wrong with any of them
         */
        public Builder templates(String... templates) {
            List<Violation> mistakes = new ArrayList<>();
            for (int i = 0; i < templates.length; i++) {
                mistakes.addAll(NameTemplate.mistakes("templates[" + i + "]", templates[i]));
            }
            if (!mistakes.isEmpty()) {
                throw new InvalidSpecException("Read templates of names", mistakes);
            }
            this.templates = Stream.of(templates).map(NameTemplate::of).toList();
            return this;
        }

        /**
         * Uses templates for objects that have names of their own, too.
         *
         * @param combineTemplates whether
         * @return this builder
         */
        public Builder combineTemplates(boolean combineTemplates) {
            this.combineTemplates = combineTemplates;
            return this;
        }

        /**
         * Gives each pod on its host's network a name.
         *
         * @param podDomain the domain
         * @return this builder
         */
        public Builder podDomain(String podDomain) {
            this.podDomain = Optional.of(DnsName.of(podDomain));
            return this;
        }

        /**
         * Keeps the names of nodes that take no new pods.
         *
         * @param unschedulableNodes whether
         * @return this builder
         */
        public Builder unschedulableNodes(boolean unschedulableNodes) {
            this.unschedulableNodes = unschedulableNodes;
            return this;
        }

        /**
         * Leaves annotations that name hosts unread.
         *
         * @param ignoreHostnameAnnotation whether
         * @return this builder
         */
        public Builder ignoreHostnameAnnotation(boolean ignoreHostnameAnnotation) {
            this.ignoreHostnameAnnotation = ignoreHostnameAnnotation;
            return this;
        }

        private Builder copy() {
            Builder copy = new Builder();
            copy.kinds = kinds;
            copy.namespace = namespace;
            copy.annotationPrefixes = annotationPrefixes;
            copy.dialects = dialects;
            copy.labels = labels;
            copy.publishClusterIps = publishClusterIps;
            copy.publishHostIps = publishHostIps;
            copy.publishNotReady = publishNotReady;
            copy.ingressClasses = ingressClasses;
            copy.ingressRules = ingressRules;
            copy.ingressTls = ingressTls;
            copy.gatewayListeners = gatewayListeners;
            copy.templates = templates;
            copy.combineTemplates = combineTemplates;
            copy.podDomain = podDomain;
            copy.unschedulableNodes = unschedulableNodes;
            copy.ignoreHostnameAnnotation = ignoreHostnameAnnotation;
            return copy;
        }

        /**
         * Builds the settings.
         *
         * @return the settings
         */
        public SourceSettings build() {
            return new SourceSettings(copy());
        }
    }
}
