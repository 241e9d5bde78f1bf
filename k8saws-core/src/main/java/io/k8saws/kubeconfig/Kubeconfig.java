package io.k8saws.kubeconfig;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import io.k8saws.kubeconfig.Yaml.Mapping;
import io.k8saws.kubeconfig.Yaml.Scalar;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * kubectl's configuration: clusters, users, contexts that join them, and which context is the current one. Immutable and thread-safe.
 *
 * <pre>{@code
 * Kubeconfig mine = Kubeconfig.fromEnvironment(System.getenv(), Path.of(System.getProperty("user.home")));
 * Kubeconfig both = mine.merge(Kubeconfig.load(Path.of("payments.conf"))).withCurrentContext("payments");
 * both.requireUsable("payments").minify("payments").flatten().save(Path.of("only-payments.conf"));
 * }</pre>
 *
 * <p>What is read by {@code load} is for use: paths in it are absolute. To change a file that others use, too, take {@link KubeconfigFiles}: it locks the
 * file, leaves paths as they are written, and knows which of several files an entry belongs to.
 *
 * <p>Fields that this type does not know, the order of keys, and comments are kept. Two are equal when they hold the same, unknown fields included; order,
 * comments and the files they came from do not count. {@code toString} shows no secret; {@link #toYaml} holds them all.
 *
 * <p>The rules are those of client-go 0.36 and kubectl; {@code docs/kubeconfig.md} has them as tables.
 */
public final class Kubeconfig {
    private static final String CURRENT = "current-context";
    private static final Kubeconfig EMPTY = of(Mapping.EMPTY);

    /** The document; its three lists are empty and mark their places. */
    private final Mapping document;

    private final Map<Kind, Map<String, Stanza>> stanzas;

    private Kubeconfig(Mapping document, Map<Kind, Map<String, Stanza>> stanzas) {
        this.document = document;
        this.stanzas = stanzas;
    }

    /** Takes a document whose structure is known to be right. */
    static Kubeconfig of(Mapping read) {
        Mapping document = read;
        document = defaulted(document, "apiVersion", "v1");
        document = defaulted(document, "kind", "Config");
        Map<Kind, Map<String, Stanza>> stanzas = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            Yaml.Sequence list = read.sequence(kind.list());
            stanzas.put(
                    kind,
                    Stanza.byName(list.mappings().stream()
                            .map(element -> Stanza.of(kind, element))
                            .toList()));
            document = document.replaced(kind.list(), list.withItems(List.of()));
        }
        if (!(document.get(CURRENT).orElse(null) instanceof Scalar scalar && scalar.isText())) {
            document = document.with(CURRENT, Scalar.text(""));
        }
        return new Kubeconfig(document, stanzas);
    }

    private static Mapping defaulted(Mapping document, String key, String value) {
        return document.text(key).isPresent() ? document : document.with(key, value);
    }

    /**
     * One without anything in it.
     *
     * @return an empty kubeconfig
     */
    public static Kubeconfig empty() {
        return EMPTY;
    }

    /**
     * Reads a text. Relative paths in it stay as they are, since it is not known to what they are relative.
     *
     * @param yaml YAML or JSON; an empty text is an empty kubeconfig
     * @return what it says
     * @throws InvalidSpecException with everything that keeps kubectl from reading it: syntax, wrong types, another kind, names that are there twice
     */
    public static Kubeconfig parse(String yaml) {
        return KubeconfigText.read(yaml, "Read a kubeconfig");
    }

    /**
     * Reads one file, as {@code kubectl --kubeconfig} does. Relative paths in it become absolute: they are relative to the file's folder.
     *
     * @param file the file
     * @return what it says
     * @throws InvalidSpecException as {@link #parse} does, or if it is missing or cannot be read
     */
    public static Kubeconfig load(Path file) {
        return KubeconfigText.load(file).resolved();
    }

    /**
     * Reads several files and merges them, the first one foremost, as {@link #merge} says. Missing files are left out; if all are missing, that is logged as
     * one warning. Relative paths become absolute, each relative to the folder of its own file.
     *
     * @param files the files, the most important first; a file that is there twice is read once
     * @return one kubeconfig; an empty one if no file is there
     * @throws InvalidSpecException with everything that is wrong in any of the files
     */
    public static Kubeconfig load(List<Path> files) {
        return KubeconfigFiles.of(files).load();
    }

    /**
     * Reads what kubectl would read: the files in {@code KUBECONFIG}, or {@code .kube/config} in the home folder.
     *
     * @param environment the environment, such as {@code System.getenv()}
     * @param home the home folder
     * @return as {@link #load(List)}
     * @throws InvalidSpecException with everything that is wrong in any of the files
     */
    public static Kubeconfig fromEnvironment(Map<String, String> environment, Path home) {
        return KubeconfigFiles.fromEnvironment(environment, home).load();
    }

    /**
     * All clusters, in the order of the file.
     *
     * @return an unmodifiable list
     */
    public List<ClusterEntry> clusters() {
        return all(Kind.CLUSTER).map(ClusterEntry::new).toList();
    }

    /**
     * All users, in the order of the file.
     *
     * @return an unmodifiable list
     */
    public List<UserEntry> users() {
        return all(Kind.USER).map(UserEntry::new).toList();
    }

    /**
     * All contexts, in the order of the file.
     *
     * @return an unmodifiable list
     */
    public List<ContextEntry> contexts() {
        return all(Kind.CONTEXT).map(ContextEntry::new).toList();
    }

    /**
     * A cluster.
     *
     * @param name its name
     * @return empty if there is none of that name
     */
    public Optional<ClusterEntry> cluster(String name) {
        return find(Kind.CLUSTER, name).map(ClusterEntry::new);
    }

    /**
     * A user.
     *
     * @param name its name
     * @return empty if there is none of that name
     */
    public Optional<UserEntry> user(String name) {
        return find(Kind.USER, name).map(UserEntry::new);
    }

    /**
     * A context.
     *
     * @param name its name
     * @return empty if there is none of that name
     */
    public Optional<ContextEntry> context(String name) {
        return find(Kind.CONTEXT, name).map(ContextEntry::new);
    }

    /**
     * The name of the current context.
     *
     * @return a name, which may be one that no context has; empty when none is chosen
     */
    public Optional<String> currentContext() {
        return document.text(CURRENT);
    }

    /**
     * Switches, as {@code kubectl config use-context} does.
     *
     * @param name a context of this kubeconfig
     * @return a copy
     * @throws InvalidSpecException if no context has that name
     */
    public Kubeconfig withCurrentContext(String name) {
        if (context(name).isEmpty()) {
            throw unknown("Switch the context", CURRENT, Kind.CONTEXT, name);
        }
        return withCurrent(name);
    }

    /**
     * Chooses no context.
     *
     * @return a copy
     */
    public Kubeconfig withoutCurrentContext() {
        return withCurrent("");
    }

    /**
     * Adds a cluster, or changes the one of that name; what the function does not touch stays.
     *
     * @param name its name
     * @param change gets the cluster as it is, or an empty one, and returns it as it shall be
     * @return a copy
     */
    public Kubeconfig withCluster(String name, UnaryOperator<ClusterEntry> change) {
        return with(change.apply(new ClusterEntry(existing(Kind.CLUSTER, name))).stanza(), name);
    }

    /**
     * Adds a user, or changes the one of that name; what the function does not touch stays.
     *
     * @param name its name
     * @param change gets the user as it is, or an empty one, and returns it as it shall be
     * @return a copy
     */
    public Kubeconfig withUser(String name, UnaryOperator<UserEntry> change) {
        return with(change.apply(new UserEntry(existing(Kind.USER, name))).stanza(), name);
    }

    /**
     * Adds a context, or changes the one of that name; what the function does not touch stays. As in kubectl, cluster and user need not be there yet.
     *
     * @param name its name
     * @param change gets the context as it is, or an empty one, and returns it as it shall be
     * @return a copy
     */
    public Kubeconfig withContext(String name, UnaryOperator<ContextEntry> change) {
        return with(change.apply(new ContextEntry(existing(Kind.CONTEXT, name))).stanza(), name);
    }

    /**
     * Removes a cluster. Contexts that refer to it stay; {@link #violations} tells of them.
     *
     * @param name its name; one that is not there is fine
     * @return a copy
     */
    public Kubeconfig withoutCluster(String name) {
        return without(Kind.CLUSTER, name);
    }

    /**
     * Removes a user. Contexts that refer to it stay; {@link #violations} tells of them.
     *
     * @param name its name; one that is not there is fine
     * @return a copy
     */
    public Kubeconfig withoutUser(String name) {
        return without(Kind.USER, name);
    }

    /**
     * Removes a context. As in kubectl, the current one can be removed and its name stays chosen; {@link #violations} tells of it.
     *
     * @param name its name; one that is not there is fine
     * @return a copy
     */
    public Kubeconfig withoutContext(String name) {
        return without(Kind.CONTEXT, name);
    }

    /**
     * Merges another kubeconfig into this one, by kubectl's rules for several files: of two entries with the same name this one's is taken as a whole, the
     * first current context that is chosen is chosen, extensions are joined by name. Merging is associative.
     *
     * @param other what comes after this one
     * @return a new kubeconfig
     */
    public Kubeconfig merge(Kubeconfig other) {
        Map<Kind, Map<String, Stanza>> merged = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            Map<String, Stanza> entries = new LinkedHashMap<>(of(kind));
            other.of(kind).forEach(entries::putIfAbsent);
            merged.put(kind, entries);
        }
        return new Kubeconfig(Merging.firstWins(document, other.document), merged);
    }

    /**
     * Keeps one context with its cluster and its user, and makes it the current one, as {@code kubectl config view --minify} does. Extensions and unknown
     * fields of the file stay.
     *
     * @param context the name of a context
     * @return a smaller kubeconfig
     * @throws InvalidSpecException if the context is not there, or its cluster or user is not
     */
    public Kubeconfig minify(String context) {
        ContextEntry kept = context(context).orElseThrow(() -> unknown("Minify", "contexts", Kind.CONTEXT, context));
        Findings missing = new Findings();
        Map<Kind, Map<String, Stanza>> left = new EnumMap<>(Kind.class);
        left.put(Kind.CONTEXT, Map.of(context, kept.stanza()));
        left.put(Kind.CLUSTER, referred(kept, Kind.CLUSTER, kept.cluster(), missing));
        left.put(Kind.USER, referred(kept, Kind.USER, kept.user(), missing));
        missing.throwIfAny("Minify a kubeconfig to context " + context);
        return new Kubeconfig(document, left).withCurrent(context);
    }

    private Map<String, Stanza> referred(ContextEntry context, Kind kind, Optional<String> name, Findings missing) {
        if (name.isEmpty()) {
            return Map.of();
        }
        Optional<Stanza> found = find(kind, name.get());
        if (found.isEmpty()) {
            missing.add(
                    "contexts[" + context.name() + "].context." + kind.body(),
                    "no " + kind.body() + " is named '" + name.get() + "'",
                    UsageRules.choice(List.copyOf(of(kind).keySet())));
        }
        return found.map(stanza -> Map.of(name.get(), stanza)).orElse(Map.of());
    }

    /**
     * Puts the content of certificate and key files in the place of their paths, as {@code kubectl config view --flatten} does. Token files and programs stay
     * as they are. Reads files.
     *
     * @return a kubeconfig that works elsewhere
     * @throws InvalidSpecException with every file that cannot be read, and every field that is there with path and content
     */
    public Kubeconfig flatten() {
        return Flattening.of(this);
    }

    /**
     * What keeps kubectl from using this, wherever it is: contexts without their cluster or user, clusters without a server, plugins without a command, and
     * so on. A context may be usable although others are not.
     *
     * @return an unmodifiable list, empty if all is well
     */
    public List<Violation> violations() {
        return UsageRules.all(this).all();
    }

    /**
     * Checks one context with its cluster and user, as kubectl does before a call.
     *
     * @param context the name of a context
     * @return this
     * @throws InvalidSpecException with everything that is wrong with it
     */
    public Kubeconfig requireUsable(String context) {
        UsageRules.of(this, context).throwIfAny("Use context " + context);
        return this;
    }

    /**
     * Returns the text, with all secrets. Keys keep their order, new ones are last; comments stay.
     *
     * @return YAML that kubectl reads
     */
    public String toYaml() {
        Mapping whole = document;
        for (Kind kind : Kind.values()) {
            List<Mapping> elements = all(kind).map(Stanza::element).toList();
            whole = whole.with(kind.list(), whole.sequence(kind.list()).withItems(elements));
        }
        return YamlWriter.write(whole);
    }

    /**
     * Writes all of this into one file, in the place of what was there. The file is locked as kubectl locks it, and replaced in one step: whoever reads sees
     * the old one or the new one. Only its owner can read it.
     *
     * @param file the file; its folder is made if it is missing
     * @throws io.k8saws.error.ConflictException if somebody else has locked the file
     * @throws io.k8saws.error.K8sAwsException if it cannot be written; the old file is still there
     */
    public void save(Path file) {
        try (LockFile lock = LockFile.of(file)) {
            SecretFile.write(lock.file(), toYaml());
        }
    }

    /** The same with paths that are absolute. */
    Kubeconfig resolved() {
        return map(Stanza::resolved);
    }

    /** The same as if it were read from a file. */
    Kubeconfig withOrigin(Path file) {
        return map(stanza -> stanza.withOrigin(file));
    }

    Kubeconfig map(UnaryOperator<Stanza> change) {
        Map<Kind, Map<String, Stanza>> changed = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            changed.put(kind, Stanza.byName(all(kind).map(change).toList()));
        }
        return new Kubeconfig(document, changed);
    }

    Kubeconfig with(Stanza stanza) {
        Map<String, Stanza> entries = new LinkedHashMap<>(of(stanza.kind()));
        entries.put(stanza.name(), stanza);
        return with(stanza.kind(), entries);
    }

    Kubeconfig without(Kind kind, String name) {
        Map<String, Stanza> entries = new LinkedHashMap<>(of(kind));
        entries.remove(name);
        return with(kind, entries);
    }

    Kubeconfig withCurrent(String name) {
        return new Kubeconfig(document.with(CURRENT, Scalar.text(name)), stanzas);
    }

    /** All entries of a kind, by name. */
    Map<String, Stanza> of(Kind kind) {
        return Collections.unmodifiableMap(Objects.requireNonNull(stanzas.get(kind), kind::list));
    }

    /** What is beside the lists and the current context. */
    Mapping rest() {
        return document.without(CURRENT, Kind.CLUSTER.list(), Kind.CONTEXT.list(), Kind.USER.list());
    }

    Kubeconfig withRest(String key, Yaml value) {
        return new Kubeconfig(document.with(key, value), stanzas);
    }

    private Kubeconfig with(Kind kind, Map<String, Stanza> entries) {
        Map<Kind, Map<String, Stanza>> changed = new EnumMap<>(stanzas);
        changed.put(kind, entries);
        return new Kubeconfig(document, changed);
    }

    private Kubeconfig with(Stanza stanza, String name) {
        if (!stanza.name().equals(name)) {
            throw new IllegalArgumentException("Change " + stanza.kind().body() + " " + name
                    + " of a kubeconfig: the function returned " + stanza.name()
                    + ". Return the entry that it gets, changed by its with methods.");
        }
        return with(stanza);
    }

    private Stanza existing(Kind kind, String name) {
        Texts.require(name, "name of a " + kind.body());
        return find(kind, name).orElseGet(() -> Stanza.empty(kind, name));
    }

    private Optional<Stanza> find(Kind kind, String name) {
        return Optional.ofNullable(of(kind).get(name));
    }

    private Stream<Stanza> all(Kind kind) {
        return of(kind).values().stream();
    }

    private InvalidSpecException unknown(String tried, String path, Kind kind, String name) {
        return new InvalidSpecException(
                tried + " to " + name,
                List.of(new Violation(
                        path,
                        "no " + kind.body() + " is named '" + name + "'",
                        UsageRules.choice(List.copyOf(of(kind).keySet())))));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Kubeconfig that && document.equals(that.document) && stanzas.equals(that.stanzas);
    }

    @Override
    public int hashCode() {
        return Objects.hash(document, stanzas);
    }

    /** The names of all entries, and no secret. */
    @Override
    public String toString() {
        return "Kubeconfig[current=" + currentContext().orElse("none") + ", contexts="
                + of(Kind.CONTEXT).keySet() + ", clusters=" + of(Kind.CLUSTER).keySet() + ", users="
                + of(Kind.USER).keySet() + "]";
    }
}
