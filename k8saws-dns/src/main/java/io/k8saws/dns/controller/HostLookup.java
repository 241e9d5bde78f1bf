package io.k8saws.dns.controller;

import io.k8saws.dns.internal.engine.Agenda;
import io.k8saws.dns.internal.route53.AskedAliases;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets names wait whose hosts AWS is still to be asked for, and asks in the background, for all that wait in one go; other names go on, and so do those of whose hosts AWS has told before. After a second question without an answer a guess
 * by the hosts' names will do, and AWS is asked again ten minutes later. Safe to use from many threads.
 */
final class HostLookup implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostLookup.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONG_PAUSE = Duration.ofMinutes(10);
    private static final int PATIENCE = 2;

    private final Optional<AskedAliases> asking;
    private final Function<DnsName, List<Endpoint>> wishes;
    private final Agenda agenda;
    private final Consumer<DnsName> replan;

    // guarded by this
    private final Set<DnsName> waiting = new HashSet<>();
    private final Set<DnsName> stale = new HashSet<>(); // planned by what was known before, or by a guess
    private final Set<DnsName> hosts = new HashSet<>();
    private long turn; // of the question that is to come
    private boolean running;
    private boolean hurry;
    private int failures;
    private Optional<String> trouble = Optional.empty();
    private boolean closed;

    /**
     * Asks nobody yet.
     *
     * @param asking what asks; empty when nobody is to be asked
     * @param wishes what is wanted of a name
     * @param agenda runs the questions
     * @param replan hears of each name that need not wait any more
     */
    HostLookup(
            Optional<AskedAliases> asking,
            Function<DnsName, List<Endpoint>> wishes,
            Agenda agenda,
            Consumer<DnsName> replan) {
        this.asking = asking;
        this.wishes = wishes;
        this.agenda = agenda;
        this.replan = replan;
    }

    /** The names that can be planned now. */
    Collection<DnsName> ready(Collection<DnsName> names) {
        if (asking.isEmpty()) {
            return names;
        }
        List<DnsName> ready = new ArrayList<>();
        boolean isNew = false;
        for (DnsName name : names) {
            List<Endpoint> wish = wishes.apply(name);
            Set<DnsName> unknown = asking.get().unknown(wish);
            boolean waits = !asking.get().open(wish).isEmpty();
            synchronized (this) {
                waiting.remove(name);
                stale.remove(name);
                (waits ? waiting : stale).add(name);
                if (unknown.isEmpty()) {
                    stale.remove(name);
                }
                isNew |= hosts.addAll(unknown);
            }
            if (!waits) {
                ready.add(name);
            }
        }
        if (isNew) {
            ask(Duration.ZERO);
        }
        return ready;
    }

    /** Asks then, and not at the time that was set before. */
    private void ask(Duration delay) {
        long mine;
        synchronized (this) {
            if (closed || hosts.isEmpty()) {
                return;
            }
            if (running) {
                hurry = true;
                return;
            }
            mine = ++turn;
        }
        agenda.after(delay, () -> run(mine));
    }

    private void run(long mine) {
        Set<DnsName> questions;
        synchronized (this) {
            if (closed || running || mine != turn) {
                return;
            }
            running = true;
            hurry = false;
            questions = Set.copyOf(hosts);
        }
        Duration pause = LONG_PAUSE;
        try {
            pause = answer(questions);
        } catch (RuntimeException e) {
            LOG.warn("Names whose hosts AWS did not tell of are not planned by a guess.", e);
        } finally {
            synchronized (this) {
                running = false;
                pause = hurry ? Duration.ZERO : pause;
            }
            ask(pause);
        }
    }

    /** Asks; returns after which time to ask again. */
    private Duration answer(Set<DnsName> questions) {
        try {
            asking.ifPresent(one -> one.learn(questions));
        } catch (RuntimeException e) {
            return unanswered(questions, e);
        }
        answered(questions);
        return Duration.ZERO;
    }

    private void answered(Set<DnsName> questions) {
        Set<DnsName> free;
        synchronized (this) {
            hosts.removeAll(questions);
            failures = 0;
            trouble = Optional.empty();
            free = new HashSet<>(waiting);
            free.addAll(stale);
        }
        plan(free);
    }

    /** After which time to ask again. */
    private Duration unanswered(Set<DnsName> questions, RuntimeException why) {
        Set<DnsName> free;
        synchronized (this) {
            if (++failures < PATIENCE) {
                trouble = Optional.of(
                        waiting.size() + " names wait until AWS tells of their load balancers: " + why.getMessage());
                return FIRST_PAUSE;
            }
            trouble = Optional.empty(); // the guess is told instead
            free = Set.copyOf(waiting);
        }
        asking.ifPresent(one -> one.guess(questions, why));
        plan(free);
        return LONG_PAUSE;
    }

    private void plan(Set<DnsName> names) {
        synchronized (this) {
            if (closed) {
                return; // the next term begins with all names
            }
        }
        names.forEach(name -> Listeners.tell(name + ", which need not wait any more", () -> replan.accept(name)));
    }

    /** Whether what a name leads to is a guess, so that it loses nothing. */
    boolean isGuessed(DnsName name) {
        return asking.filter(one -> one.isGuessed(wishes.apply(name))).isPresent();
    }

    /** Whether a name waits, so that nothing is to be written of it. */
    synchronized boolean isWaiting(DnsName name) {
        return waiting.contains(name);
    }

    synchronized int waiting() {
        return waiting.size();
    }

    /** Asks anew for the hosts of names, and plans them again. */
    void refresh(Collection<DnsName> names) {
        asking.ifPresent(one -> {
            one.refresh();
            synchronized (this) {
                hosts.clear(); // so that all count as new
            }
            names.stream()
                    .filter(name -> !one.unknown(wishes.apply(name)).isEmpty())
                    .forEach(replan);
        });
    }

    List<String> problems() {
        List<String> problems =
                new ArrayList<>(asking.map(AskedAliases::problems).orElse(List.of()));
        synchronized (this) {
            trouble.ifPresent(problems::add);
        }
        return problems;
    }

    /** Asks no more, and tells nobody. */
    @Override
    public synchronized void close() {
        closed = true;
    }
}
