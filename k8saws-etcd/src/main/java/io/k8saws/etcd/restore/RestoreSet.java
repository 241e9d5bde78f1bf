package io.k8saws.etcd.restore;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a restore of several etcds of one cluster as one act is asked to do, such as {@code main} and {@code events}. Make one by {@link #of} and copy it; then see {@link RestoreSetPlan}.
 *
 * @param set the id of the set that the snapshots are of
 * @param parts the etcds that the set has
 * @param requests what is asked for of each, by its name, in the order in which they are worked on; each with the hosts of its own members
 * @param fence keeps the API servers away until all of them are well
 * @param leftOut etcds of the set that keep what they have, by consent
 */
public record RestoreSet(
        String set,
        List<String> parts,
        Map<String, RestoreRequest> requests,
        ApiServerFence fence,
        List<String> leftOut) {
    /** Copies lists and map. */
    public RestoreSet {
        parts = List.copyOf(parts);
        requests = Collections.unmodifiableMap(new LinkedHashMap<>(requests));
        leftOut = List.copyOf(leftOut);
    }

    /**
     * A restore of all of a set.
     *
     * @param set the id of the set that the snapshots are of
     * @param parts the etcds that the set has
     * @param requests what is asked for of each of them, by its name; without a fence of its own
     * @return a value
     */
    public static RestoreSet of(String set, List<String> parts, Map<String, RestoreRequest> requests) {
        return new RestoreSet(set, parts, requests, ApiServerFence.none(), List.of());
    }

    /**
     * Keeps API servers away meanwhile: they are stopped once, before any etcd is, and start again when all members of all etcds are well.
     *
     * @param other the fence
     * @return a copy
     */
    public RestoreSet withFence(ApiServerFence other) {
        return new RestoreSet(set, parts, requests, other, leftOut);
    }

    /**
     * Agrees that an etcd of the set is not restored, and keeps what it has, which is of another time than what is restored.
     *
     * @param etcd for example {@code events}
     * @return a copy
     */
    public RestoreSet leavingOut(String etcd) {
        List<String> more = new ArrayList<>(leftOut);
        more.add(etcd);
        return new RestoreSet(set, parts, requests, fence, more);
    }
}
