package io.k8saws.dns.controller;

import io.k8saws.dns.health.RetiredChecks;
import io.k8saws.dns.internal.engine.Agenda;
import io.k8saws.dns.internal.engine.ZoneMirror;
import io.k8saws.dns.internal.kubernetes.DesiredNames;
import io.k8saws.dns.internal.route53.HealthTexts;
import io.k8saws.dns.internal.route53.Retirement;
import io.k8saws.dns.internal.route53.ZoneAccounts;
import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.zone.HostedZone;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The health checks of a term: names wait for theirs, what is given up is retired, and what a term before left is looked for. Safe to use from many threads. */
final class TermChecks implements AutoCloseable {
    private final ZoneAccounts accounts;
    private final DesiredNames desired;
    private final Zones zones;
    private final Consumer<DnsName> replan;
    private final CheckLookup lookup;
    private final CheckRounds rounds;
    private final LeftChecks left;

    /** The zones of the term. */
    interface Zones {
        /** Those that are open. */
        Collection<HostedZone> open();

        /** What is in them, as far as they were read. */
        Collection<ZoneMirror> mirrors();

        /** Why others are not open. */
        List<String> unreachable();

        /** Reads all of them again. */
        CompletableFuture<Void> read();
    }

    /** Makes it; calls nothing. */
    TermChecks(
            ZoneAccounts accounts,
            DesiredNames desired,
            Zones zones,
            CheckNote note,
            Agenda agenda,
            Consumer<DnsName> replan,
            Consumer<Collection<DnsName>> failed) {
        this.accounts = accounts;
        this.desired = desired;
        this.zones = zones;
        this.replan = replan;
        Supplier<Retirement> listing = () -> accounts.retirement(zones.open());
        this.rounds = new CheckRounds(agenda, listing, zones::read, this::inUse);
        this.left = new LeftChecks(
                agenda,
                () -> isKnown() || namesWithChecks().findAny().isPresent(),
                note,
                listing,
                this::used,
                rounds::later);
        this.lookup = new CheckLookup(accounts::checks, agenda, left::making, replan, failed);
    }

    /** The zones are open: what is left of checks from before is looked for a little later. */
    void opened() {
        left.look();
    }

    /** A plan with the ids of its checks; empty when it waits for one, and then the name comes again. */
    Optional<NamePlan> ready(HostedZone zone, NamePlan plan) {
        return lookup.ready(zone, plan);
    }

    /** A plan was carried out; what it has taken from a record is retired later. */
    void done(NamePlan plan) {
        if (HealthTexts.leaves(plan)) {
            rounds.later();
        }
    }

    boolean isWaiting(DnsName name) {
        return lookup.isWaiting(name);
    }

    int waiting() {
        return lookup.waiting();
    }

    Optional<String> why(DnsName name) {
        return lookup.why(name);
    }

    List<String> problems() {
        List<String> problems = new ArrayList<>(lookup.problems());
        problems.addAll(rounds.problems());
        problems.addAll(left.problems());
        return problems;
    }

    /** Whether checks are used in one of the zones, as far as it was looked at. */
    boolean isKnown() {
        return zones.open().stream().anyMatch(zone -> accounts.checks(zone).isInUse());
    }

    /** Marks and deletes those that no record uses, after all zones were read. */
    CompletableFuture<RetiredChecks> retire() {
        return rounds.now();
    }

    /** After a reading; names with checks are planned again, because a check may have been changed by hand. */
    private CheckRounds.Uses inUse() {
        namesWithChecks().forEach(replan);
        return new CheckRounds.Uses(used(), zones.unreachable());
    }

    private Set<String> used() {
        Set<String> ids = new HashSet<>();
        zones.open().forEach(zone -> ids.addAll(lookup.inHand(zone)));
        zones.mirrors().forEach(mirror -> ids.addAll(mirror.healthChecks()));
        return ids;
    }

    private Stream<DnsName> namesWithChecks() {
        return desired.names().stream().filter(name -> desired.wish(name).endpoints().stream()
                .anyMatch(one -> one.options().healthCheck().isPresent()));
    }

    @Override
    public void close() {
        lookup.close();
        rounds.close();
        left.close();
    }
}
