package io.k8saws.etcd.health;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How the voting members are spread over zones, and what that is worth. No zone may hold more members than the cluster can lose; so with two zones no number of members survives the loss of
 * either. Immutable.
 *
 * @param voters how many voting members are in each zone, by its name
 */
public record ZoneSpread(Map<String, Integer> voters) {
    /** Checks the numbers, and copies the map in the order of names. */
    public ZoneSpread {
        if (voters.values().stream().anyMatch(count -> count < 0)) {
            throw new IllegalArgumentException("a zone has 0 voting members or more; got " + voters + ".");
        }
        voters = Collections.unmodifiableMap(new TreeMap<>(voters));
    }

    /**
     * Counts members by their zones.
     *
     * @param zones the zone of each voting member
     * @return the spread
     */
    public static ZoneSpread of(Collection<String> zones) {
        return new ZoneSpread(zones.stream().collect(Collectors.toMap(zone -> zone, zone -> 1, Integer::sum)));
    }

    /**
     * What is left when a zone goes.
     *
     * @param zone the zone
     * @param voters how many members vote
     * @param left how many of them are left
     */
    public record Loss(String zone, int voters, int left) {
        /**
         * What that makes of the quorum.
         *
         * @return the view
         */
        public QuorumView quorum() {
            return new QuorumView(voters, left);
        }

        /** For example {@code without eu-west-1a: 2 of 3 left, works, 0 spare}. */
        @Override
        public String toString() {
            return "without " + zone + ": " + left + " of " + voters + " left, "
                    + (quorum().holds() ? "works, " + quorum().margin() + " spare" : "STOPS");
        }
    }

    /**
     * All voting members.
     *
     * @return their number
     */
    public int total() {
        return voters.values().stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * What is left when a zone goes.
     *
     * @param zone its name
     * @return the loss; of nothing when no member is there
     */
    public Loss without(String zone) {
        return new Loss(zone, total(), total() - voters.getOrDefault(zone, 0));
    }

    /**
     * What is left when each zone goes.
     *
     * @return one for each zone, in the order of names
     */
    public List<Loss> losses() {
        return voters.keySet().stream().map(this::without).toList();
    }

    /**
     * Whether etcd works on whichever zone goes.
     *
     * @return false when there is one whose loss stops it
     */
    public boolean survivesAnyZone() {
        return !voters.isEmpty()
                && losses().stream().allMatch(loss -> loss.quorum().holds());
    }

    /**
     * Whether etcd works on when a zone and one more member go.
     *
     * @return true for five members in three zones only where each loss leaves one to spare
     */
    public boolean survivesAnyZoneAndAMember() {
        return !voters.isEmpty()
                && losses().stream().allMatch(loss -> loss.quorum().margin() >= 1);
    }

    /**
     * What is doubtful about this spread.
     *
     * @return one sentence each; none when it is as it should be
     */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        int total = total();
        if (total == 2) {
            warnings.add("two members are worse than one: the loss of either stops etcd; take three");
        } else if (total > 2 && total % 2 == 0) {
            warnings.add(total + " members tolerate no more than " + (total - 1) + "; take an odd number");
        }
        if (total == 1) {
            return List.of(); // a single member is that decision already
        }
        if (voters.size() == 2) {
            warnings.add(
                    "with two zones no number of members survives the loss of either; put a member into a third zone");
        } else {
            losses().stream()
                    .filter(loss -> !loss.quorum().holds())
                    .forEach(loss -> warnings.add("the loss of zone " + loss.zone() + " stops etcd: it holds "
                            + (loss.voters() - loss.left()) + " of " + loss.voters() + " members"));
        }
        return List.copyOf(warnings);
    }

    /** Returns a line for each zone. */
    @Override
    public String toString() {
        return losses().stream().map(Loss::toString).collect(Collectors.joining("\n"));
    }
}
