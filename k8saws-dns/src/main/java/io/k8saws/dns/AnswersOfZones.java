package io.k8saws.dns;

import io.k8saws.dns.internal.engine.ZoneCalls;
import io.k8saws.dns.internal.route53.ZoneAccounts;
import io.k8saws.dns.plan.DnsPlan;
import io.k8saws.dns.plan.NameResult;
import io.k8saws.dns.plan.ZonePlan;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.resolve.Expectation;
import io.k8saws.dns.resolve.Resolver;
import io.k8saws.dns.resolve.Waiting;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.seam.Sleeper;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Asks until what was applied is what is answered. Safe to use from many threads. */
final class AnswersOfZones {
    private static final int DNS_PORT = 53;

    private final ZoneAccounts accounts;
    private final Sleeper sleeper;
    private final ExecutorService threads;

    AnswersOfZones(ZoneAccounts accounts, Sleeper sleeper, ExecutorService threads) {
        this.accounts = accounts;
        this.sleeper = sleeper;
        this.threads = threads;
    }

    /** Asks resolvers for the names that are done, until all of them answer as planned. */
    void await(DnsPlan plan, DnsReport report, Duration limit, Function<HostedZone, List<Resolver>> resolvers) {
        Waiting waiting = new Waiting(sleeper, threads);
        for (ZonePlan zone : plan.zones()) {
            Set<DnsName> done = report.with(NameResult.State.DONE).stream()
                    .filter(one -> one.zone().id().equals(zone.zone().id()))
                    .map(NameResult::name)
                    .collect(Collectors.toSet());
            List<Expectation> expected = zone.changed().stream()
                    .filter(name -> done.contains(name.name()))
                    .flatMap(name -> Expectation.of(name).stream())
                    .toList();
            if (!expected.isEmpty()) {
                waiting.add(expected, someOf(zone.zone(), resolvers.apply(zone.zone())));
            }
        }
        waiting.run(limit);
    }

    /** Where nobody is asked, nothing would be found wrong. */
    private static List<Resolver> someOf(HostedZone zone, List<Resolver> resolvers) {
        if (resolvers.isEmpty()) {
            throw new K8sAwsException(
                    "Ask for names of " + zone,
                    "there is nobody to ask",
                    "name a resolver; by default the zone's own NS records tell who is asked",
                    Map.of("zone", zone.id()),
                    null);
        }
        return resolvers;
    }

    /** Each name server of a zone, with all its addresses: the zone itself says which they are, so it need not be found from the root. */
    List<Resolver> nameServers(HostedZone zone) {
        if (zone.isPrivate()) {
            throw new K8sAwsException(
                    "Ask the name servers of " + zone,
                    "the zone is private, and is answered in its VPCs alone",
                    "name a resolver for it, such as that of a VPC, which has the second address of its range",
                    Map.of("zone", zone.id()),
                    null);
        }
        return accounts.calls(zone).list(Optional.of(ZoneCalls.Position.of(zone.name()))).sets().stream()
                .filter(set -> set.type() == RecordType.NS && set.name().equals(zone.name()))
                .flatMap(set -> set.answer() instanceof Answer.Values servers ? servers.values().stream() : Stream.of())
                .map(server -> nameServer(zone, server))
                .toList();
    }

    private static Resolver nameServer(HostedZone zone, String server) {
        try {
            return Resolver.at(Arrays.stream(InetAddress.getAllByName(server))
                    .map(address -> new InetSocketAddress(address, DNS_PORT))
                    .toList());
        } catch (UnknownHostException e) {
            throw new K8sAwsException(
                    "Ask the name servers of " + zone,
                    "the addresses of " + server + " are not found",
                    "look whether this machine resolves names, or name a resolver",
                    Map.of("zone", zone.id(), "server", server),
                    e);
        }
    }
}
