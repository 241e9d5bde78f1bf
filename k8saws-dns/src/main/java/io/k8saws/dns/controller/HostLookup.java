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

/**
 * Lets names wait whose hosts AWS is still to be asked for, and asks in the background, for all that wait in one go; other names go on. A question without an answer is asked again after a while. Safe to use from many threads.
 */
final class HostLookup {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);

    private final Optional<AskedAliases> asking;
    private final Function<DnsName, List<Endpoint>> wishes;
    private final Agenda agenda;
    private final Consumer<DnsName> again;

    // guarded by this
    private final Set<DnsName> waiting = new HashSet<>();
    private final Set<DnsName> hosts = new HashSet<>();
    private boolean scheduled;
    private int failures;
    private Optional<String> trouble = Optional.empty();

    /**
     * Asks nobody yet.
     *
     * @param asking what asks; empty when nobody is to be asked
     * @param wishes what is wanted of a name
     * @param agenda runs the questions
     * @param again hears of each name that need not wait any more
     */
    HostLookup(
            Optional<AskedAliases> asking,
            Function<DnsName, List<Endpoint>> wishes,
            Agenda agenda,
            Consumer<DnsName> again) {
        this.asking = asking;
        this.wishes = wishes;
        this.agenda = agenda;
        this.again = again;
    }

    /** The names that can be planned now. */
    Collection<DnsName> ready(Collection<DnsName> names) {
        if (asking.isEmpty()) {
            return names;
        }
        List<DnsName> ready = new ArrayList<>();
        for (DnsName name : names) {
            Set<DnsName> unknown = asking.get().unknown(wishes.apply(name));
            synchronized (this) {
                if (unknown.isEmpty()) {
                    waiting.remove(name);
                    ready.add(name);
                } else {
                    waiting.add(name);
                    hosts.addAll(unknown);
                }
            }
        }
        ask(Duration.ZERO);
        return ready;
    }

    private void ask(Duration delay) {
        synchronized (this) {
            if (scheduled || hosts.isEmpty()) {
                return;
            }
            scheduled = true;
        }
        agenda.after(delay, this::run);
    }

    private void run() {
        Set<DnsName> questions;
        synchronized (this) {
            questions = Set.copyOf(hosts);
        }
        Duration pause = Duration.ZERO;
        try {
            asking.ifPresent(one -> one.learn(questions));
            Set<DnsName> free;
            synchronized (this) {
                hosts.removeAll(questions);
                failures = 0;
                trouble = Optional.empty();
                free = Set.copyOf(waiting);
            }
            free.forEach(again);
        } catch (RuntimeException e) {
            synchronized (this) {
                pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures++, 6)); // two minutes at most
                trouble = Optional.of(
                        waiting.size() + " names wait until AWS tells of their load balancers: " + e.getMessage());
            }
        } finally {
            synchronized (this) {
                scheduled = false;
            }
        }
        ask(pause);
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
            names.stream()
                    .filter(name -> !one.unknown(wishes.apply(name)).isEmpty())
                    .forEach(again);
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
}
