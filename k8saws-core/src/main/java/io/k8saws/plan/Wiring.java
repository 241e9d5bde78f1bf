package io.k8saws.plan;

import io.k8saws.plan.ClusterMap.Place;
import io.k8saws.plan.ClusterMap.Talk;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Lays the arrows beside the drawing like wires: whoever opens connections has one wire that runs up and down in a lane and branches off to each place that
 * accepts them. Each end has a position of its own on the edge of its row.
 *
 * @param wires one for each place that opens connections
 * @param lanes how many lanes are used
 * @param ends how many ends touch each row
 */
record Wiring(List<Wire> wires, int lanes, Map<Place, Integer> ends) {

    /**
     * All arrows from one place.
     *
     * @param from the place
     * @param lane from 0, the one nearest to the drawing
     * @param start the position of its beginning on the edge of the place's row, from 0 at the top
     * @param branches where it leads
     */
    record Wire(Place from, int lane, int start, List<Branch> branches) {}

    /**
     * One arrow.
     *
     * @param talk what it says
     * @param end the position of its end on the edge of the row that it points to, from 0 at the top
     */
    record Branch(Talk talk, int end) {}

    private record End(Place from, Place at, boolean start, int lane) {}

    static Wiring of(List<Talk> talks) {
        Map<Place, List<Talk>> bySource = new EnumMap<>(Place.class);
        talks.forEach(talk ->
                bySource.computeIfAbsent(talk.from(), from -> new ArrayList<>()).add(talk));
        Map<Place, Integer> lanes = lanes(bySource);
        List<End> ends = new ArrayList<>();
        bySource.keySet().forEach(from -> ends.add(new End(from, from, true, lanes.getOrDefault(from, 0))));
        talks.forEach(talk -> ends.add(new End(talk.from(), talk.to(), false, lanes.getOrDefault(talk.from(), 0))));
        Map<Place, Integer> counts = new EnumMap<>(Place.class);
        Map<End, Integer> positions = positions(ends, counts);
        List<Wire> wires = new ArrayList<>();
        bySource.forEach((from, to) -> {
            int lane = lanes.getOrDefault(from, 0);
            List<Branch> branches = to.stream()
                    .map(talk -> new Branch(talk, positions.getOrDefault(new End(from, talk.to(), false, lane), 0)))
                    .toList();
            wires.add(new Wire(from, lane, positions.getOrDefault(new End(from, from, true, lane), 0), branches));
        });
        return new Wiring(
                List.copyOf(wires),
                lanes.values().stream().mapToInt(lane -> lane + 1).max().orElse(0),
                counts);
    }

    /** Short wires are near the drawing; wires that do not pass each other share a lane. */
    private static Map<Place, Integer> lanes(Map<Place, List<Talk>> bySource) {
        List<Place> shortestFirst = bySource.keySet().stream()
                .sorted(Comparator.comparingInt((Place from) -> bottom(bySource, from) - top(bySource, from))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
        Map<Place, Integer> lanes = new EnumMap<>(Place.class);
        for (Place from : shortestFirst) {
            int lane = 0;
            while (taken(lane, from, lanes, bySource)) {
                lane++;
            }
            lanes.put(from, lane);
        }
        return lanes;
    }

    private static boolean taken(int lane, Place from, Map<Place, Integer> lanes, Map<Place, List<Talk>> bySource) {
        return lanes.entrySet().stream()
                .anyMatch(other -> other.getValue() == lane
                        && top(bySource, from) <= bottom(bySource, other.getKey())
                        && top(bySource, other.getKey()) <= bottom(bySource, from));
    }

    private static int top(Map<Place, List<Talk>> bySource, Place from) {
        return Math.min(from.row(), targets(bySource, from).min().orElse(from.row()));
    }

    private static int bottom(Map<Place, List<Talk>> bySource, Place from) {
        return Math.max(from.row(), targets(bySource, from).max().orElse(from.row()));
    }

    private static IntStream targets(Map<Place, List<Talk>> bySource, Place from) {
        return bySource.getOrDefault(from, List.of()).stream()
                .mapToInt(talk -> talk.to().row());
    }

    /** From top to bottom: what comes from above, the row's own beginning, what stays in the row, what comes from below. */
    private static Map<End, Integer> positions(List<End> ends, Map<Place, Integer> counts) {
        Map<End, Integer> positions = new HashMap<>();
        ends.stream()
                .sorted(Comparator.comparing(End::from)
                        .thenComparing(Comparator.comparing(End::start).reversed()))
                .forEach(end -> positions.put(end, counts.merge(end.at(), 1, Integer::sum) - 1));
        return positions;
    }
}
