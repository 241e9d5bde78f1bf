package io.k8saws.etcd;

import io.k8saws.error.EtcdAccessDeniedException;
import io.k8saws.error.EtcdCallException;
import io.k8saws.error.EtcdCallException.Failure;
import io.k8saws.error.EtcdCallException.Reason;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.etcd.health.EndpointTrouble;
import io.k8saws.etcd.health.EtcdAlarm;
import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.EtcdMember;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.health.MemberState;
import io.k8saws.etcd.internal.seam.EtcdCalls;
import io.k8saws.etcd.internal.seam.Ids;
import io.k8saws.etcd.internal.seam.MemberEntry;
import io.k8saws.etcd.internal.seam.MemberList;
import io.k8saws.etcd.internal.seam.MemberStatus;
import io.k8saws.etcd.internal.seam.Outcome;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Looks at all members side by side: who is there, from those that answer, and how each is. */
final class HealthLook {
    /** How a member tells of alarms in its status, since 3.4; asking for them would need a quorum. */
    private static final Pattern ALARM = Pattern.compile("memberID:(\\d+) alarm:(\\w+)");

    private final EtcdCalls calls;
    private final Function<EtcdMember, String> zones;
    private final Clock clock;

    HealthLook(EtcdCalls calls, Function<EtcdMember, String> zones, Clock clock) {
        this.calls = calls;
        this.zones = zones;
        this.clock = clock;
    }

    EtcdHealth look() {
        Map<URI, Outcome<MemberList>> lists = calls.memberLists(calls.endpoints());
        Map<URI, Outcome<MemberStatus>> statuses = new HashMap<>(calls.statuses(calls.endpoints()));
        requireAllowed(lists);
        requireAllowed(statuses);
        // who has come farthest knows best: others may not have heard of a change yet
        Optional<MemberList> newest = lists.entrySet().stream()
                .filter(entry -> entry.getValue().answer().isPresent())
                .max(Comparator.<Map.Entry<URI, Outcome<MemberList>>>comparingLong(
                                entry -> entry.getValue().answer().orElseThrow().raftTerm())
                        .thenComparingLong(entry -> applied(statuses.get(entry.getKey()))))
                .flatMap(entry -> entry.getValue().answer());
        if (newest.isEmpty()) {
            return new EtcdHealth("", List.of(), troubles(lists, Set.of()), List.of(), clock.instant());
        }
        List<EtcdMember> members = newest.get().members().stream()
                .map(this::member)
                .sorted(Comparator.comparing(EtcdMember::label))
                .toList();
        Map<String, URI> addresses = addresses(lists, newest.get().clusterId(), members);
        Set<URI> others = new LinkedHashSet<>(addresses.values());
        others.removeAll(statuses.keySet());
        statuses.putAll(calls.statuses(others));
        requireAllowed(statuses);
        List<MemberHealth> healths = members.stream()
                .map(member -> health(
                        member,
                        addresses.get(member.id()),
                        statuses,
                        newest.get().clusterId()))
                .toList();
        List<EtcdAlarm> alarms = statuses.values().stream()
                .flatMap(outcome -> outcome.answer().stream())
                .flatMap(status -> status.errors().stream())
                .flatMap(text -> alarm(text).stream())
                .distinct()
                .sorted(Comparator.comparing(EtcdAlarm::toString))
                .toList();
        List<EndpointTrouble> unreachable = new ArrayList<>(troubles(lists, new LinkedHashSet<>(addresses.values())));
        lists.forEach((endpoint, outcome) -> outcome.answer()
                .filter(list -> list.clusterId() != newest.get().clusterId())
                .ifPresent(list -> unreachable.add(stranger(endpoint, list))));
        return new EtcdHealth(Ids.text(newest.get().clusterId()), healths, unreachable, alarms, clock.instant());
    }

    /** Where users are on, members tell nothing to those who may not ask; that says nothing about the members. */
    private static void requireAllowed(Map<URI, ? extends Outcome<?>> outcomes) {
        outcomes.values().stream()
                .flatMap(outcome -> outcome.failure().stream())
                .filter(EtcdAccessDeniedException.class::isInstance)
                .findFirst()
                .ifPresent(denied -> {
                    throw denied;
                });
    }

    private static long applied(@Nullable Outcome<MemberStatus> outcome) {
        return outcome == null
                ? 0
                : outcome.answer().map(MemberStatus::appliedIndex).orElse(0L);
    }

    private EtcdMember member(MemberEntry entry) {
        EtcdMember plain = new EtcdMember(
                Ids.text(entry.id()),
                entry.name(),
                uris(entry.peerUrls()),
                uris(entry.clientUrls()),
                entry.learner(),
                "");
        return new EtcdMember(
                plain.id(),
                plain.name(),
                plain.peerUrls(),
                plain.clientUrls(),
                plain.learner(),
                Objects.requireNonNullElse(zones.apply(plain), ""));
    }

    private static List<URI> uris(List<String> urls) {
        return urls.stream().map(URI::create).toList();
    }

    /** Where each member is asked: at the endpoint that it answered at, else at one that is given and its own, else at the first of its own. */
    private Map<String, URI> addresses(Map<URI, Outcome<MemberList>> lists, long clusterId, List<EtcdMember> members) {
        Map<String, URI> addresses = new HashMap<>();
        lists.forEach((endpoint, outcome) -> outcome.answer()
                .filter(list -> list.clusterId() == clusterId)
                .ifPresent(list -> addresses.putIfAbsent(Ids.text(list.from()), endpoint)));
        for (EtcdMember member : members) {
            if (!addresses.containsKey(member.id())) {
                address(member, calls.endpoints()).ifPresent(endpoint -> addresses.put(member.id(), endpoint));
            }
        }
        return addresses;
    }

    /** One of its URLs that was given, else the first that can be asked; empty when none can. */
    static Optional<URI> address(EtcdMember member, List<URI> given) {
        return member.clientUrls().stream().filter(given::contains).findFirst().or(() -> member.clientUrls().stream()
                .flatMap(url -> parsed(url).stream())
                .findFirst());
    }

    private static Optional<URI> parsed(URI url) {
        try {
            return Optional.of(Endpoints.parse(url.toString()));
        } catch (InvalidSpecException e) {
            return Optional.empty(); // unix://, or a name that no URI may have
        }
    }

    private static MemberHealth health(
            EtcdMember member, @Nullable URI endpoint, Map<URI, Outcome<MemberStatus>> statuses, long clusterId) {
        if (endpoint == null) {
            return new MemberHealth(
                    member,
                    "",
                    Optional.empty(),
                    member.clientUrls().isEmpty()
                            ? "it has not started yet, so nobody knows where to ask it"
                            : "it cannot be asked at " + member.clientUrls().get(0)
                                    + ": give an endpoint of it that is http or https");
        }
        Outcome<MemberStatus> outcome = Objects.requireNonNull(statuses.get(endpoint));
        if (outcome.failure().isPresent()) {
            return new MemberHealth(
                    member,
                    endpoint.toString(),
                    Optional.empty(),
                    brief(outcome.failure().get()));
        }
        MemberStatus status = outcome.answer().orElseThrow();
        if (status.memberId() != Ids.number(member.id()) || status.clusterId() != clusterId) {
            return new MemberHealth(
                    member,
                    endpoint.toString(),
                    Optional.empty(),
                    "another member answers at its URL: " + Ids.text(status.memberId()) + " of cluster "
                            + Ids.text(status.clusterId()));
        }
        List<String> ills =
                status.errors().stream().filter(text -> alarm(text).isEmpty()).toList();
        return new MemberHealth(member, endpoint.toString(), Optional.of(state(status)), String.join("; ", ills));
    }

    private static MemberState state(MemberStatus status) {
        return new MemberState(
                status.version(),
                status.storageVersion(),
                status.dbSize(),
                status.dbSizeInUse(),
                status.quota() > 0 ? OptionalLong.of(status.quota()) : OptionalLong.empty(),
                Ids.text(status.leader()),
                status.revision(),
                status.raftTerm(),
                status.raftIndex(),
                status.appliedIndex(),
                status.errors());
    }

    private static EndpointTrouble stranger(URI endpoint, MemberList list) {
        return new EndpointTrouble(
                new Failure("Cluster.MemberList", endpoint.toString(), Reason.OTHER, "OK", 1, false, false),
                "it belongs to another cluster, " + Ids.text(list.clusterId()),
                "give endpoints of one cluster alone");
    }

    private static List<EndpointTrouble> troubles(Map<URI, ? extends Outcome<?>> outcomes, Set<URI> known) {
        List<EndpointTrouble> troubles = new ArrayList<>();
        outcomes.forEach((endpoint, outcome) -> outcome.failure()
                .filter(failure -> !known.contains(endpoint))
                .ifPresent(failure ->
                        troubles.add(new EndpointTrouble(failure.failure(), brief(failure), failure.hint()))));
        return troubles;
    }

    static Optional<EtcdAlarm> alarm(String text) {
        Matcher matcher = ALARM.matcher(text);
        if (!matcher.find()) {
            return Optional.empty();
        }
        String id = Ids.text(Long.parseUnsignedLong(matcher.group(1)));
        switch (matcher.group(2)) {
            case "NOSPACE":
                return Optional.of(new EtcdAlarm(id, EtcdAlarm.Kind.NO_SPACE));
            case "CORRUPT":
                return Optional.of(new EtcdAlarm(id, EtcdAlarm.Kind.CORRUPT));
            default:
                return Optional.empty();
        }
    }

    /** Why, without what was tried and what to do: in a table there is no room for that. */
    static String brief(EtcdCallException failure) {
        String text = failure.getMessage() == null ? "" : failure.getMessage();
        int from = text.indexOf(": ", "Call etcd: ".length());
        int to = text.indexOf(failure.hint().substring(1));
        String why = from < 0 || to < from + 3
                ? text
                : text.substring(from + 2, to - 2).strip();
        return why.endsWith(".") ? why.substring(0, why.length() - 1) : why;
    }
}
