package io.k8saws.etcd.restore;

import io.k8saws.error.K8sAwsException;
import io.k8saws.progress.ProgressListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How the snapshots of a set become the etcds of one cluster, as one act: all members of all etcds are prepared before anything stops, and API servers start again when all are well. A plan has only read. Print it,
 * then restore it.
 */
public final class RestoreSetPlan {
    private final RestoreSet set;
    private final Map<String, RestorePlan> plans;
    private final List<RestorePart> parts;
    private final List<RestoreStep> steps;

    private RestoreSetPlan(RestoreSet set, Map<String, RestorePlan> plans) {
        this.set = set;
        this.plans = plans;
        this.parts = plans.entrySet().stream()
                .map(plan -> plan.getValue().part(plan.getKey()))
                .toList();
        this.steps = RestorePart.steps(parts, set.fence());
    }

    /**
     * Looks at everything and plans. Changes nothing.
     *
     * @param set what is asked for
     * @param limit how long looking at one machine may take
     * @return the plan
     * @throws RestoreRefusedException if an etcd of the set is neither asked for nor left out by consent, two etcds share a member's address or a host, a snapshot is of another etcd
     *     or of another set, or one of them alone would be refused, see
     *     {@link RestorePlan#plan}; with all reasons of all etcds
     */
    public static RestoreSetPlan plan(RestoreSet set, Duration limit) {
        List<String> refusals = new ArrayList<>(ofSet(set));
        Map<String, RestorePlan> plans = new LinkedHashMap<>();
        set.requests().forEach((etcd, request) -> {
            try {
                RestorePlan plan = RestorePlan.plan(request, limit);
                plans.put(etcd, plan);
                request.restore()
                        .origin()
                        .filter(origin -> !plan.part(etcd).isOf(origin.sha256()))
                        .ifPresent(origin ->
                                refusals.add(etcd + ": " + request.restore().snapshot()
                                        + " has another SHA-256 than backup " + origin.backup() + ": fetch it again"));
            } catch (RestoreRefusedException e) {
                e.refusals().forEach(refusal -> refusals.add(etcd + ": " + refusal));
            } catch (K8sAwsException e) {
                refusals.add(etcd + ": " + e.getMessage());
            }
        });
        refusals.addAll(room(plans));
        if (!refusals.isEmpty()) {
            throw new RestoreRefusedException("set " + set.set(), refusals);
        }
        return new RestoreSetPlan(set, plans);
    }

    /** Each etcd alone may have room on a disk that has not enough for all. */
    private static List<String> room(Map<String, RestorePlan> plans) {
        Map<Object, List<Placed>> disks = new LinkedHashMap<>();
        plans.forEach(
                (etcd, plan) -> plan.rooms().forEach(room -> room.host().disk().ifPresent(disk -> disks.computeIfAbsent(
                                disk, unused -> new ArrayList<>())
                        .add(new Placed(etcd, room)))));
        List<String> refusals = new ArrayList<>();
        disks.values().forEach(placed -> {
            long needed = placed.stream().mapToLong(one -> one.room().needed()).sum();
            long free =
                    placed.stream().mapToLong(one -> one.room().free()).min().orElse(0);
            if (needed > free && placed.stream().map(Placed::etcd).distinct().count() > 1) {
                refusals.add(placed.stream()
                                .map(one -> one.etcd() + "/" + one.room().host().member())
                                .collect(Collectors.joining(", "))
                        + " are on one disk, which has " + free + " bytes left, and together they need " + needed
                        + ": make room");
            }
        });
        return refusals;
    }

    /** Whose room it is. */
    private record Placed(String etcd, RestorePlan.Room room) {}

    private static List<String> ofSet(RestoreSet set) {
        List<String> refusals = new ArrayList<>();
        if (set.requests().isEmpty()) {
            refusals.add("Nothing is asked for: name a request for each etcd");
        }
        for (String part : set.parts()) {
            boolean asked = set.requests().containsKey(part);
            if (asked && set.leftOut().contains(part)) {
                refusals.add(part + " is asked for and left out: say one of both");
            } else if (!asked && !set.leftOut().contains(part)) {
                refusals.add(part + " belongs to the set and is not restored, so it would be of another time than the"
                        + " others: add its request, or agree with leavingOut(\"" + part + "\")");
            }
        }
        Map<String, String> owners = new TreeMap<>();
        Map<Object, String> places = new HashMap<>();
        Map<String, String> origins = new TreeMap<>();
        set.requests().forEach((etcd, request) -> {
            if (!set.parts().contains(etcd)) {
                refusals.add(etcd + " is not in the set, which has " + String.join(", ", set.parts())
                        + ": restore it alone");
            }
            if (!request.fence().subject().equals(ApiServerFence.none().subject())) {
                refusals.add(etcd + " has a fence of its own, and API servers would start before all are well: give it"
                        + " to the set");
            }
            request.restore().cluster().members().stream()
                    .flatMap(member -> member.peerUrls().stream())
                    .forEach(url -> {
                        String other = owners.putIfAbsent(url, etcd);
                        if (other != null && !other.equals(etcd)) {
                            refusals.add(other + " and " + etcd + " both have a member at " + url
                                    + ": each member is of one etcd");
                        }
                    });
            request.hosts().forEach(host -> {
                String other = places.putIfAbsent(host.place(), etcd);
                if (other != null && !other.equals(etcd)) {
                    refusals.add(other + " and " + etcd + " both have the host " + host
                            + ", and the second would replace the first: name for each etcd its own hosts");
                }
            });
            request.restore().origin().ifPresent(origin -> {
                refusals.addAll(ofAnother(set.set(), etcd, origin));
                String other = origin.clusterId().isEmpty() ? null : origins.putIfAbsent(origin.clusterId(), etcd);
                if (other != null && !other.equals(etcd)) {
                    refusals.add("The snapshots of " + other + " and " + etcd + " are both of cluster "
                            + origin.clusterId() + ", so one of them is of the wrong etcd: take another set");
                }
            });
        });
        return refusals;
    }

    /** What a file is called says nothing: its backup's manifest says what it is of. */
    private static List<String> ofAnother(String set, String etcd, SnapshotIdentity origin) {
        List<String> refusals = new ArrayList<>();
        if (!origin.etcd().equals(etcd)) {
            refusals.add("What is to become " + etcd + " is backup " + origin.backup() + " of " + origin.etcd()
                    + ": give each etcd its own snapshot");
        }
        if (!origin.set().equals(set)) {
            refusals.add("Backup " + origin.backup() + " for " + etcd + " is "
                    + (origin.set().isEmpty() ? "of no set" : "of set " + origin.set()) + ", and set " + set
                    + " is restored: take all snapshots of one set");
        }
        return refusals;
    }

    /**
     * What was asked for.
     *
     * @return the set
     */
    public RestoreSet set() {
        return set;
    }

    /**
     * What is planned of each etcd.
     *
     * @return by their names; their own steps are not those of the set
     */
    public Map<String, RestorePlan> plans() {
        return Collections.unmodifiableMap(plans);
    }

    /**
     * What will be done, in this order.
     *
     * @return the steps of all etcds; API servers are stopped and released once
     */
    public List<RestoreStep> steps() {
        return steps;
    }

    /**
     * What is allowed, and is worth a second look.
     *
     * @return a sentence each, with its etcd
     */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>(ofLeftOut());
        warnings.addAll(unknown());
        plans.forEach((etcd, plan) -> {
            goesBack(plan).ifPresent(warning -> warnings.add(etcd + ": " + warning));
            plan.warnings().forEach(warning -> warnings.add(etcd + ": " + warning));
        });
        return warnings;
    }

    private List<String> ofLeftOut() {
        return set.parts().stream()
                .filter(set.leftOut()::contains)
                .map(part -> part + " is left out: it keeps what it has, which is of another time")
                .toList();
    }

    /** The fence is the set's, so the plan of one of its etcds does not know of it. */
    private Optional<String> goesBack(RestorePlan plan) {
        return RestorePlan.goesBack(plan.request(), set.fence());
    }

    private List<String> unknown() {
        return plans.entrySet().stream()
                .filter(plan -> plan.getValue().request().restore().origin().isEmpty())
                .map(plan -> "nothing says that "
                        + plan.getValue().request().restore().snapshot() + " is of " + plan.getKey()
                        + " and of set " + set.set() + ": a fetch of the set does")
                .toList();
    }

    /**
     * Restores all of it. A run that was cut off anywhere goes on when the same plan, or one of an equal set of requests with the same tokens, is restored again.
     *
     * @param limit how long all of it may take
     * @return the report; complete
     * @throws RestoreException if a step failed; it has the report
     */
    public RestoreReport restore(Duration limit) {
        return restore(limit, ProgressListener.silent());
    }

    /**
     * Restores all of it, and tells how far it is.
     *
     * @param limit how long all of it may take
     * @param listener told of each step
     * @return the report; complete
     * @throws RestoreException if a step failed; it has the report
     */
    public RestoreReport restore(Duration limit, ProgressListener listener) {
        return new RestoreRun("set " + set.set(), parts, set.fence(), steps, limit, listener).run();
    }

    /** What becomes of each etcd, what is lost, and each step. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Restore set ").append(set.set());
        plans.forEach((etcd, plan) -> {
            text.append('\n').append(etcd).append(": ").append(plan.facts(set.fence()));
            goesBack(plan).ifPresent(warning -> text.append("\n  WARNING    ").append(warning));
        });
        ofLeftOut().forEach(out -> text.append("\nWARNING      ").append(out));
        unknown().forEach(one -> text.append("\nWARNING      ").append(one));
        return RestorePlan.withSteps(text.toString(), steps);
    }
}
