package io.k8saws.pki;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A cluster in the middle of a rotation, as small as can be: components with files that are written and loaded one by one at any moment, restarts that read
 * each file at another moment, machines that boot from what is laid out for them, and tokens that nobody sees. Immutable. {@link #successors} are all that can
 * happen next.
 *
 * <p>Time is counted in hours since the phase began, and not further than a token lives: so there are finitely many worlds.
 */
record RotationWorld(
        Rotation rotation,
        List<Component> components,
        Files template,
        int oldTokens,
        int newTokens,
        int hours,
        int joins) {
    static final String OLD = "a".repeat(64);
    static final String NEW = "b".repeat(64);
    private static final int BOTH = 3;
    private static final Instant BEGIN = Instant.EPOCH;

    /** Decides about the rotation: the library's way, or one with a mistake in it. */
    @FunctionalInterface
    interface Driver {
        /** What the rotation may become, given what was seen. */
        Collection<Rotation> next(Rotation rotation, List<ObservedTrust> world, Instant now);
    }

    /** Whom it trusts (1 the old key, 2 the new one, 3 both), what it signs with and what has signed its certificate (1 or 2); 0 is not read yet. */
    record Files(int trust, int sign, int leaf) {
        static final Files NONE = new Files(0, 0, 0);

        Files trusting(int other) {
            return new Files(other, sign, leaf);
        }

        Files signing(int other) {
            return new Files(trust, other, leaf);
        }

        Files presenting(int other) {
            return new Files(trust, sign, other);
        }
    }

    /** {@code loaded} is null while it starts; {@code read} is what it has read so far. */
    record Component(
            String name,
            boolean signs,
            Files files,
            @Nullable Files loaded,
            Files read) {
        Component with(Files otherFiles) {
            return new Component(name, signs, otherFiles, loaded, read);
        }

        Component loading(Files other) {
            return new Component(name, signs, files, other, Files.NONE);
        }

        Component reading(Files other) {
            return new Component(name, signs, files, null, other);
        }

        boolean hasReadAll() {
            return read.trust() != 0 && read.leaf() != 0 && (!signs || read.sign() != 0);
        }
    }

    /**
     * What may happen in a world.
     *
     * @param tokenHours how long a token lives; none are made when it is 0
     * @param lag whether each file is written at a moment of its own
     * @param restarts whether components restart
     * @param joins how many machines may join
     * @param filesFirst whether files are written before the rotation that wants them is saved: a mistake
     */
    record Scope(int tokenHours, boolean lag, boolean restarts, int joins, boolean filesFirst) {
        Scope(int tokenHours, boolean lag, boolean restarts, int joins) {
            this(tokenHours, lag, restarts, joins, false);
        }
    }

    static RotationWorld begin(Rotation rotation, String... names) {
        Files old = new Files(1, 1, 1);
        List<Component> components = new ArrayList<>();
        for (String name : names) {
            components.add(new Component(name, name.startsWith("api"), old, old, Files.NONE));
        }
        return new RotationWorld(rotation, List.copyOf(components), old, 0, 0, 0, 0);
    }

    static Rotation rotation(Scope scope) {
        return new Rotation(
                ClusterKey.SERVICE_ACCOUNTS,
                OLD,
                NEW,
                RotationPhase.TRUST_BOTH,
                BEGIN,
                Duration.ofHours(scope.tokenHours()));
    }

    /** The invariant: each verifier that runs trusts each key in use, be it seen or unseen. */
    Optional<String> violation() {
        for (Component verifier : components) {
            Files trusting = verifier.loaded();
            if (trusting == null) {
                continue;
            }
            for (Component user : components) {
                Files using = user.loaded();
                if (using == null) {
                    continue;
                }
                if (lacks(trusting, using.leaf()) || (user.signs() && lacks(trusting, using.sign()))) {
                    return Optional.of(verifier + " does not trust what " + user + " uses in " + rotation.phase());
                }
            }
            if ((oldTokens > 0 && lacks(trusting, 1)) || (newTokens > 0 && lacks(trusting, 2))) {
                return Optional.of(verifier + " does not trust a token in " + rotation.phase());
            }
        }
        return Optional.empty();
    }

    private static boolean lacks(Files trusting, int key) {
        return (trusting.trust() & key) == 0;
    }

    /** What an honest look shows. */
    List<ObservedTrust> look() {
        List<ObservedTrust> seen = new ArrayList<>();
        for (Component component : components) {
            Files loaded = component.loaded();
            seen.add(
                    loaded == null
                            ? ObservedTrust.unknown(component.name())
                            : observed(component.name(), loaded, component.signs()));
            seen.add(observed("files of " + component.name(), component.files(), component.signs()));
        }
        seen.add(observed("files of new machines", template, true));
        return seen;
    }

    private static ObservedTrust observed(String name, Files files, boolean signs) {
        ObservedTrust seen = ObservedTrust.of(name).trusting(ids(files.trust())).presenting(ids(files.leaf()));
        return signs ? seen.signingWith(ids(files.sign())) : seen;
    }

    private static String[] ids(int keys) {
        return switch (keys) {
            case 1 -> new String[] {OLD};
            case 2 -> new String[] {NEW};
            default -> new String[] {OLD, NEW};
        };
    }

    private static int wantedTrust(Rotation rotation) {
        Set<String> trusted = rotation.trusted();
        return trusted.size() == 2 ? BOTH : key(trusted.iterator().next());
    }

    private static int key(String id) {
        return id.equals(OLD) ? 1 : 2;
    }

    List<RotationWorld> successors(Driver driver, Scope scope) {
        List<RotationWorld> next = new ArrayList<>();
        for (Rotation other : driver.next(rotation, look(), BEGIN.plus(Duration.ofHours(hours)))) {
            // saved, and read by a run that comes after
            Rotation resumed = Rotation.fromJson(other.toJson());
            Rotation normal = new Rotation(
                    resumed.key(), resumed.from(), resumed.to(), resumed.phase(), BEGIN, resumed.unseenLife());
            RotationWorld world = new RotationWorld(normal, components, template, oldTokens, newTokens, 0, joins);
            next.add(scope.lag() ? world : world.written());
            if (scope.filesFirst()) {
                next.add(new RotationWorld(
                        rotation, world.written().components, template, oldTokens, newTokens, hours, joins));
            }
        }
        if (scope.tokenHours() > 0) {
            next.add(new RotationWorld(
                    rotation,
                    components,
                    template,
                    Math.max(0, oldTokens - 1),
                    Math.max(0, newTokens - 1),
                    Math.min(scope.tokenHours(), hours + 1),
                    joins));
        }
        if (scope.lag()) {
            files(template).forEach(files -> next.add(withTemplate(files)));
        }
        for (int i = 0; i < components.size(); i++) {
            component(i, scope, next);
        }
        if (joins < scope.joins()) {
            List<Component> more = new ArrayList<>(components);
            more.add(new Component("machine-" + joins, false, template, null, Files.NONE));
            next.add(new RotationWorld(rotation, List.copyOf(more), template, oldTokens, newTokens, hours, joins + 1));
        }
        next.removeIf(this::equals);
        return next;
    }

    private void component(int i, Scope scope, List<RotationWorld> next) {
        Component component = components.get(i);
        if (scope.lag()) {
            files(component.files()).forEach(files -> next.add(with(i, component.with(files))));
        }
        Files files = component.files();
        Files loaded = component.loaded();
        if (loaded == null) {
            Files read = component.read();
            if (component.hasReadAll()) {
                next.add(with(i, component.loading(read)));
            }
            next.add(with(i, component.reading(read.trusting(files.trust()))));
            next.add(with(i, component.reading(read.presenting(files.leaf()))));
            if (component.signs()) {
                next.add(with(i, component.reading(read.signing(files.sign()))));
            }
            return;
        }
        next.add(with(i, component.loading(loaded.trusting(files.trust()))));
        next.add(with(i, component.loading(loaded.presenting(files.leaf()))));
        if (scope.restarts()) {
            next.add(with(i, component.reading(Files.NONE)));
        }
        if (component.signs()) {
            next.add(with(i, component.loading(loaded.signing(files.sign()))));
            if (scope.tokenHours() > 0) {
                next.add(new RotationWorld(
                        rotation,
                        components,
                        template,
                        loaded.sign() == 1 ? scope.tokenHours() : oldTokens,
                        loaded.sign() == 2 ? scope.tokenHours() : newTokens,
                        hours,
                        joins));
            }
            // kube-controller-manager signs the kubelets' requests with what it has loaded
            for (int j = 0; j < components.size(); j++) {
                Component holder = components.get(j);
                if (!holder.signs() && holder.loaded() != null) {
                    next.add(with(
                            j,
                            holder.with(holder.files().presenting(loaded.sign()))
                                    .loading(holder.loaded().presenting(loaded.sign()))));
                }
            }
        }
    }

    /** Each file may be written at a moment of its own, and always as the rotation that was saved last wants it. */
    private List<Files> files(Files files) {
        return List.of(
                files.trusting(wantedTrust(rotation)),
                files.signing(key(rotation.signer())),
                files.presenting(key(rotation.signer())));
    }

    private RotationWorld written() {
        Files wanted = new Files(wantedTrust(rotation), key(rotation.signer()), key(rotation.signer()));
        RotationWorld world = withTemplate(wanted);
        for (int i = 0; i < components.size(); i++) {
            world = world.with(i, components.get(i).with(wanted));
        }
        return world;
    }

    private RotationWorld withTemplate(Files files) {
        return new RotationWorld(rotation, components, files, oldTokens, newTokens, hours, joins);
    }

    private RotationWorld with(int i, Component component) {
        List<Component> changed = new ArrayList<>(components);
        changed.set(i, component);
        return new RotationWorld(rotation, List.copyOf(changed), template, oldTokens, newTokens, hours, joins);
    }

    /** What came of looking at every world that can come about. */
    record Search(int worlds, Set<String> reached, Optional<String> violation) {}

    /** Visits every world that can come about from this one, until one breaks the invariant. */
    Search searchAll(Driver driver, Scope scope) {
        Set<RotationWorld> seen = new HashSet<>(Set.of(this));
        Set<String> reached = new HashSet<>();
        List<RotationWorld> edge = List.of(this);
        while (!edge.isEmpty()) {
            List<RotationWorld> next = new ArrayList<>();
            for (RotationWorld world : edge) {
                reached.add(world.rotation.phase() + (world.rotation.from().equals(OLD) ? "" : " back"));
                Optional<String> violation = world.violation();
                if (violation.isPresent()) {
                    return new Search(seen.size(), reached, violation);
                }
                for (RotationWorld successor : world.successors(driver, scope)) {
                    if (seen.add(successor)) {
                        next.add(successor);
                    }
                }
            }
            edge = next;
        }
        return new Search(seen.size(), reached, Optional.empty());
    }
}
