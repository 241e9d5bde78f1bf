package io.k8saws.dns.internal.route53;

import io.k8saws.dns.alias.AliasTargets;
import io.k8saws.dns.alias.AwsHost;
import io.k8saws.dns.alias.AwsHost.Kind;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.record.EndpointOptions.AliasWish;
import io.k8saws.dns.record.RecordType;
import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.AwsCallException;
import io.k8saws.internal.seam.AwsClients;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What AWS says of hosts to which aliases lead, kept in memory. A look-up calls nobody; {@link #ask} asks for all new hosts together: load balancers of a region come by 400 a call, so one call for application and network ones, and one
 * for classic ones if there is a host that those do not have. A host that AWS does not know is not asked for again until another one is new. One of which AWS gives no answer is a guess by its name until it does. Safe to use from many
 * threads.
 */
public final class AskedAliases implements AliasTargets {
    private static final int NOT_OFFERED = 501;

    private final TargetCalls calls;
    private final String region;
    private final AliasTargets otherwise;

    // guarded by this
    private final Map<DnsName, AliasTarget> known = new HashMap<>();
    private final Set<DnsName> asked = new HashSet<>();
    private final Set<DnsName> guessed = new HashSet<>();
    private final Map<String, String> denied = new TreeMap<>();
    private Optional<String> unanswered = Optional.empty();

    /**
     * Asks nobody yet.
     *
     * @param calls the calls
     * @param region the region of the load balancers
     * @param otherwise tells what AWS does not
     */
    public AskedAliases(TargetCalls calls, String region, AliasTargets otherwise) {
        this.calls = calls;
        this.region = region;
        this.otherwise = otherwise;
    }

    /**
     * Asks AWS where the targets want it.
     *
     * @param targets what is wanted
     * @param aws the calls, in the account and the region of the load balancers
     * @param region that region
     * @return what asks; empty when the targets ask nobody
     */
    public static Optional<AskedAliases> of(AliasTargets targets, AwsClients aws, String region) {
        return targets.asksAws()
                ? Optional.of(new AskedAliases(new TargetsOfAws(aws), region, targets))
                : Optional.empty();
    }

    /**
     * The hosts among targets of records that AWS was not yet asked for.
     *
     * @param endpoints records
     * @return hosts of load balancers and VPC endpoints of the region
     */
    public synchronized Set<DnsName> unknown(Collection<Endpoint> endpoints) {
        Set<DnsName> hosts = hosts(endpoints);
        hosts.removeAll(asked);
        return hosts;
    }

    /**
     * The hosts among them of which nothing can be said before AWS has answered: neither what it said before, nor a guess.
     *
     * @param endpoints records
     * @return some of {@link #unknown}
     */
    public synchronized Set<DnsName> open(Collection<Endpoint> endpoints) {
        Set<DnsName> hosts = unknown(endpoints);
        hosts.removeIf(host -> guessed.contains(host) || isKnown(host));
        return hosts;
    }

    /**
     * Tells whether records lead to a host of which AWS has given no answer.
     *
     * @param endpoints records
     * @return whether what they need is a guess
     */
    public synchronized boolean isGuessed(Collection<Endpoint> endpoints) {
        return !guessed.isEmpty() && hosts(endpoints).stream().anyMatch(guessed::contains);
    }

    private Set<DnsName> hosts(Collection<Endpoint> endpoints) {
        Set<DnsName> hosts = new HashSet<>();
        for (Endpoint endpoint : endpoints) {
            if (endpoint.type() == RecordType.CNAME && endpoint.options().alias() != AliasWish.NONE) {
                DnsName host = DnsName.of(endpoint.targets().get(0));
                if (AwsHost.of(host).filter(this::isAskable).isPresent()) {
                    hosts.add(host);
                }
            }
        }
        return hosts;
    }

    private boolean isKnown(DnsName host) {
        return AwsHost.of(host).map(AwsHost::name).filter(known::containsKey).isPresent();
    }

    private boolean isAskable(AwsHost host) {
        return host.region().equals(region)
                && (host.kind() == Kind.LOAD_BALANCER
                        || host.kind() == Kind.NETWORK_LOAD_BALANCER
                        || host.kind() == Kind.VPC_ENDPOINT);
    }

    /**
     * Asks AWS for the hosts of records that it was not yet asked for. When it does not answer now, what it said before counts, or a guess.
     *
     * @param endpoints records
     * @throws AwsCallException if it refuses the question for good
     */
    public void ask(Collection<Endpoint> endpoints) {
        Set<DnsName> hosts = unknown(endpoints);
        try {
            learn(hosts);
        } catch (AwsCallException e) {
            if (!e.retryable()) {
                throw e;
            }
            guess(hosts, e);
        }
    }

    /**
     * Takes hosts for what their names tell until AWS answers; what it said before of one counts more. They are still to be asked for.
     *
     * @param hosts of which AWS gave no answer
     * @param why why it gave none
     */
    public synchronized void guess(Collection<DnsName> hosts, RuntimeException why) {
        hosts.stream().filter(host -> !isKnown(host)).forEach(guessed::add);
        unanswered = Optional.of(
                "AWS does not tell of load balancers, so what it said before counts, or their names alone; no address of version 6 goes meanwhile. It is asked again: "
                        + why.getMessage());
    }

    /**
     * Asks AWS for hosts. What it does not allow to ask is told by {@link #problems}, and then those hosts are known by their names.
     *
     * @param hosts which
     * @throws AwsCallException if it does not answer; the hosts stay unknown
     */
    public void learn(Collection<DnsName> hosts) {
        if (hosts.isEmpty()) {
            return;
        }
        Map<DnsName, AwsHost> asking = new HashMap<>();
        hosts.forEach(host -> AwsHost.of(host).ifPresent(form -> asking.put(host, form)));
        Map<DnsName, AliasTarget> found = new HashMap<>();
        EnumSet<Kind> kinds = EnumSet.noneOf(Kind.class);
        asking.values().forEach(form -> kinds.add(form.kind()));
        if (kinds.contains(Kind.LOAD_BALANCER) || kinds.contains(Kind.NETWORK_LOAD_BALANCER)) {
            found.putAll(ask("Load balancers", calls::balancers));
        }
        if (asking.values().stream()
                .anyMatch(form -> form.kind() == Kind.LOAD_BALANCER && !found.containsKey(form.name()))) {
            found.putAll(ask("Classic load balancers", calls::classicBalancers));
        }
        if (kinds.contains(Kind.VPC_ENDPOINT)) {
            Set<String> ids = new HashSet<>();
            asking.values().forEach(form -> form.endpointId().ifPresent(ids::add));
            found.putAll(ask("VPC endpoints", () -> calls.endpoints(ids)));
        }
        synchronized (this) {
            known.putAll(found);
            asked.addAll(hosts);
            guessed.removeAll(hosts);
            unanswered = Optional.empty();
        }
    }

    private Map<DnsName, AliasTarget> ask(String what, Supplier<Map<DnsName, AliasTarget>> call) {
        try {
            Map<DnsName, AliasTarget> found = call.get();
            synchronized (this) {
                denied.remove(what);
            }
            return found;
        } catch (AwsCallException e) {
            if (!(e instanceof AccessDeniedException) && e.statusCode() != NOT_OFFERED) {
                throw e;
            }
            synchronized (this) {
                denied.put(what, String.valueOf(e.getMessage()));
            }
            return Map.of();
        }
    }

    /** Forgets what was asked, so that the next plan asks again: a load balancer may have got addresses of version 6. What is known stays until then. */
    public synchronized void refresh() {
        asked.clear();
    }

    @Override
    public Optional<AliasTarget> find(DnsName host) {
        Optional<AwsHost> form = AwsHost.of(host);
        synchronized (this) {
            Optional<AliasTarget> told = form.map(AwsHost::name).map(known::get);
            if (told.isPresent()) {
                return told;
            }
        }
        return otherwise.find(host);
    }

    /**
     * What AWS does not allow to ask, or does not answer.
     *
     * @return sentences; empty when all is well
     */
    public synchronized List<String> problems() {
        List<String> problems = new ArrayList<>();
        unanswered.ifPresent(problems::add);
        denied.forEach((what, why) ->
                problems.add(what + " are known by their names alone, without addresses of version 6: " + why));
        return problems;
    }
}
