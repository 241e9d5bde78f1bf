package io.k8saws.dns.controller;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.dns.health.RetiredChecks;
import io.k8saws.dns.internal.engine.Agenda;
import io.k8saws.dns.internal.kubernetes.ClusterWatch;
import io.k8saws.dns.internal.kubernetes.ObjectConditions;
import io.k8saws.dns.internal.kubernetes.ObjectEvents;
import io.k8saws.dns.internal.route53.AskedAliases;
import io.k8saws.dns.internal.route53.ZoneAccounts;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.source.ObjectKey;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps Route 53 in step with a cluster. What changes in the cluster is written a moment later, in as few calls as can be; when nothing changes, nothing is called.
 *
 * <pre>{@code
 * try (DnsController controller = DnsController.start(AwsAccess.of("eu-west-1"), client, DnsControllerSettings.of("payments"))) {
 *     stopped.await();
 * }
 * }</pre>
 *
 * <p>It goes on until it is closed, whatever fails: a bad object gets an Event and keeps its names as they are, a zone that cannot be written is tried again. With a
 * Lease, one of several controllers writes and the others stand by. More names than the guard allows do not go without {@link #allowDeletions}. Safe to use from many
 * threads.
 */
public final class DnsController implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DnsController.class);
    private static final Duration COALESCING = Duration.ofMillis(100);
    private static final Duration LANDING = Duration.ofSeconds(30);

    private final DnsControllerSettings settings;
    private final GuardedClients aws;
    private final ZoneAccounts accounts;
    private final Optional<AskedAliases> asking;
    private final ClusterWatch watch;
    private final ObjectNews news;
    private final Grace grace;
    private final DeletionGuard guard;
    private final CheckNote note;
    private final Agenda agenda;
    private final ControllerThreads threads = new ControllerThreads();
    private final Steps steps = new Steps(Agenda.on(threads.steps()), this::run);
    private final Optional<Election> election;
    private final Watching watching;
    private final Questions questions = new Questions(threads.steps());
    private final Changes changes = new Changes();

    // guarded by this
    private boolean synced;
    private boolean elected;
    private boolean closed;
    private boolean graceIsLookedAfter;
    private @Nullable Leadership leadership;
    private @Nullable Leadership opening;
    private Optional<String> trouble = Optional.empty();

    private DnsController(
            AwsAccess access,
            ResiliencePolicy policy,
            KubernetesClient client,
            DnsControllerSettings settings,
            Clock clock) {
        this.settings = settings;
        this.aws = GuardedClients.open(access, policy, Sleeper.system());
        this.accounts = new ZoneAccounts(
                access,
                policy,
                Sleeper.system(),
                aws,
                settings.zones(),
                settings.marks().owner(),
                clock);
        this.asking = AskedAliases.of(settings.aliases(), aws.inBackground(), access.region());
        this.agenda = Agenda.on(threads.work());
        this.grace = new Grace(settings.grace(), agenda::nanoTime);
        this.guard = new DeletionGuard(settings.deletions(), settings.deletedShare());
        this.note = settings.lease()
                .<CheckNote>map(lease -> new LeaseNote(client, lease))
                .orElseGet(CheckNote::none);
        this.watch = new ClusterWatch(client, settings.sources(), this::changed);
        this.news = new ObjectNews(
                watch.desired(),
                new ObjectEvents(client, watch::find, clock),
                settings.conditions()
                        ? Optional.of(new ObjectConditions(client, watch::find, clock))
                        : Optional.empty());
        this.election = settings.lease()
                .map(lease -> new Election(client, lease, threads.leases(), () -> lead(true), () -> lead(false)));
        this.watching =
                new Watching(watch::start, watch::isWatching, watch::startMissing, agenda, new Watching.Listener() {
                    @Override
                    public void known() {
                        synced();
                    }

                    @Override
                    public void more() {
                        Optional.ofNullable(leader()).ifPresent(leader -> changed(leader.kept()));
                    }

                    @Override
                    public void lost(Throwable why) {
                        unsynced(why);
                    }
                });
    }

    /**
     * Starts a controller, and returns at once.
     *
     * @param access how AWS is reached
     * @param client reaches the cluster; it stays the caller's, who closes it after the controller
     * @param settings what it looks after
     * @return the controller
     */
    public static DnsController start(AwsAccess access, KubernetesClient client, DnsControllerSettings settings) {
        return start(access, ResiliencePolicy.defaults(), client, settings);
    }

    /**
     * Starts a controller with a patience of its own, and returns at once.
     *
     * @param access how AWS is reached
     * @param policy how often and how long a call to AWS is tried
     * @param client reaches the cluster; it stays the caller's, who closes it after the controller
     * @param settings what it looks after
     * @return the controller
     */
    public static DnsController start(
            AwsAccess access, ResiliencePolicy policy, KubernetesClient client, DnsControllerSettings settings) {
        DnsController controller = new DnsController(access, policy, client, settings, Clock.systemUTC());
        try {
            controller.begin();
        } catch (RuntimeException e) {
            controller.close();
            throw e;
        }
        return controller;
    }

    private void begin() {
        watch.desired().program(settings.records());
        watching.begin();
    }

    /** Only who knows the cluster stands for election. */
    private void synced() {
        synchronized (this) {
            if (closed) {
                return;
            }
            synced = true;
            trouble = Optional.empty();
        }
        election.ifPresentOrElse(Election::stand, () -> lead(true));
        steps.soon(Duration.ZERO);
    }

    private void unsynced(Throwable why) {
        synchronized (this) {
            synced = false;
            trouble = Optional.of("The cluster cannot be watched: " + why.getMessage() + ". It is tried again");
        }
        lead(false);
        election.ifPresent(Election::resign);
    }

    private void lead(boolean leads) {
        List<Leadership> before = new ArrayList<>();
        synchronized (this) {
            elected = leads && synced;
            if (!elected) {
                changes.clear(); // who leads next begins with all names
                before.addAll(terms());
                leadership = null;
                opening = null;
            }
        }
        before.forEach(Leadership::close);
        steps.soon(Duration.ZERO);
    }

    private synchronized List<Leadership> terms() {
        List<Leadership> terms = new ArrayList<>(2);
        if (leadership != null) {
            terms.add(leadership);
        }
        if (opening != null) {
            terms.add(opening);
        }
        return terms;
    }

    private void changed(ObjectKey object, Set<DnsName> names) {
        synchronized (this) {
            if (!elected) {
                return; // who leads begins with all names
            }
            changes.add(names, Set.of(object));
        }
        steps.soon(COALESCING);
    }

    private void changed(Set<DnsName> names) {
        synchronized (this) {
            if (!elected) {
                return;
            }
            changes.add(names, Set.of());
        }
        steps.soon(COALESCING);
    }

    private void replan(DnsName name) {
        changed(Set.of(name));
    }

    private void run() {
        try {
            if (isToLead()) {
                work(leadership());
            }
            synchronized (this) {
                trouble = synced ? Optional.empty() : trouble;
            }
        } catch (RuntimeException e) {
            synchronized (this) {
                if (!isToLead()) {
                    LOG.debug("A step was cut off, because this controller leads no longer", e);
                    return;
                }
                trouble = Optional.of(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private synchronized boolean isToLead() {
        return elected && synced && !closed;
    }

    private Leadership leadership() {
        Leadership known;
        synchronized (this) {
            known = leadership;
        }
        if (known != null) {
            return known;
        }
        Leadership made = new Leadership(
                settings, accounts, asking, watch, news, grace, guard, note, agenda, threads.tellers(), this::replan);
        synchronized (this) {
            if (!isToLead()) {
                return made;
            }
            opening = made;
        }
        boolean late = true;
        try {
            made.open();
            synchronized (this) {
                late = !isToLead() || opening != made;
                if (!late) {
                    leadership = made;
                    changes.add(made.all(), watch.desired().troubled());
                }
            }
        } finally {
            synchronized (this) {
                opening = null;
            }
            if (late) {
                made.close();
            }
        }
        if (!late && !made.isWhole()) {
            lookAgain(made);
        }
        return made;
    }

    /** What a term began without may be there later; then it begins anew, with all zones. */
    private void lookAgain(Leadership partial) {
        partial.lookForMore(() -> {
            synchronized (this) {
                if (leadership != partial) {
                    return;
                }
                leadership = null;
            }
            try {
                partial.close();
            } finally {
                steps.soon(Duration.ZERO);
            }
        });
    }

    private void work(Leadership leader) {
        if (leader() != leader) {
            return;
        }
        changes.work((names, objects) -> {
            leader.flush(names);
            leader.tell(objects);
        });
        lookWhenGraceIsOver();
    }

    /** One look for all names that wait: the one whose time is over first. */
    private void lookWhenGraceIsOver() {
        Optional<Duration> left = grace.left();
        synchronized (this) {
            if (graceIsLookedAfter || left.isEmpty()) {
                return;
            }
            graceIsLookedAfter = true;
        }
        left.ifPresent(after -> agenda.after(after, () -> {
            synchronized (this) {
                graceIsLookedAfter = false;
            }
            changed(grace.over());
        }));
    }

    /**
     * How it is.
     *
     * @return as of now
     */
    public DnsHealth health() {
        Leadership leader;
        DnsHealth.State state;
        List<String> problems = new ArrayList<>();
        int pending;
        synchronized (this) {
            leader = leadership;
            pending = changes.names();
            trouble.ifPresent(problems::add);
            if (closed) {
                state = DnsHealth.State.STOPPED;
            } else if (!synced) {
                state = DnsHealth.State.SYNCING;
            } else if (!elected) {
                state = DnsHealth.State.STANDBY;
            } else {
                state = leader == null ? DnsHealth.State.READING : DnsHealth.State.LEADING;
            }
        }
        if (state != DnsHealth.State.STOPPED && state != DnsHealth.State.SYNCING && !watch.isWatching()) {
            problems.add("A watch of the cluster is interrupted. It is tried again");
        }
        problems.addAll(watch.problems());
        election.flatMap(Election::problem).ifPresent(problems::add);
        watch.desired().troubled().forEach(object -> watch.desired()
                .problems(object)
                .forEach(problem -> problems.add(object + ": " + problem)));
        if (leader != null) {
            problems.addAll(leader.problems());
        }
        return new DnsHealth(
                state,
                watch.desired().names().size(),
                pending + (leader == null ? 0 : leader.waiting()),
                leader == null ? 0 : leader.held(),
                problems);
    }

    /**
     * Tells all that is known of a name.
     *
     * @param name the name
     * @return lines of text
     * @throws OperationCancelledException if the controller is closed meanwhile
     */
    public String explain(DnsName name) {
        Leadership leader = leader();
        return leader == null
                ? Explanation.withoutLead(name, isSynced(), watch.desired().objectsOf(name))
                : questions.ask("Explain " + name, () -> leader.explain(name));
    }

    /**
     * Lets the names go that the guard keeps now; nothing where this controller does not lead.
     *
     * @throws OperationCancelledException if the controller is closed, or stops leading, meanwhile
     */
    public void allowDeletions() {
        Leadership leader = leader();
        if (leader != null) {
            String what = "Allow deletions";
            boolean leads = questions.ask(what, () -> {
                leader.consent();
                return leader() == leader;
            });
            if (!leads) {
                throw new OperationCancelledException(what, "this controller leads no longer");
            }
        }
    }

    private synchronized boolean isSynced() {
        return synced;
    }

    private synchronized @Nullable Leadership leader() {
        return leadership;
    }

    /**
     * Takes other records of the program's own, in the place of those before.
     *
     * @param records all of them
     */
    public void records(Collection<Endpoint> records) {
        changed(watch.desired().program(List.copyOf(records)));
    }

    /**
     * Reads the zones again and mends what others have changed.
     *
     * @return completes when they are read, at once where this controller does not lead; is cancelled when it is closed, or stops leading, before
     */
    public CompletableFuture<Void> audit() {
        Leadership leader = leader();
        return leader == null ? CompletableFuture.completedFuture(null) : leader.audit();
    }

    /**
     * Looks after the health checks that were made here and that no record uses any more, as it does by itself half an hour after a record gives one up, and at each {@link #audit} where records want checks. It lists them, reads all zones, and
     * marks those that are unused with the time; one that has had that mark for half an hour, and is still unused, goes. What is tagged as another owner's is never touched.
     *
     * @return what was done; nothing where this controller does not lead; is cancelled when it is closed, or stops leading, before
     */
    public CompletableFuture<RetiredChecks> retireHealthChecks() {
        Leadership leader = leader();
        return leader == null
                ? CompletableFuture.completedFuture(new RetiredChecks(List.of(), List.of()))
                : leader.retireChecks();
    }

    /** Stops: takes no more changes, waits up to 30 s for what is under way, and gives its Lease back. The names stay. */
    @Override
    public void close() {
        Leadership leader;
        List<Leadership> terms;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            leader = leadership;
            terms = terms();
            leadership = null;
        }
        watching.close();
        watch.close();
        if (leader != null) {
            land(leader);
        }
        terms.forEach(Leadership::close);
        election.ifPresent(Election::close);
        steps.close();
        threads.close();
        questions.close();
        accounts.close();
        aws.close();
    }

    private static void land(Leadership leader) {
        try {
            leader.landed().get(LANDING.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("What was under way did not come to its end", e);
        }
    }
}
