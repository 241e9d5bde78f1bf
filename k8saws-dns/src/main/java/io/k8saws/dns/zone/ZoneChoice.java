package io.k8saws.dns.zone;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.EndpointOptions;
import io.k8saws.dns.record.Horizon;
import io.k8saws.error.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which zones a name belongs into: of those that it lies in, the public one with the longest name, and the private one with the longest name. Nothing is guessed: two zones of one name are told with their ids.
 * Immutable and pure.
 *
 * @param zones the zones that there are
 * @param filter which of them are looked after
 * @param unreachable zones beside them that cannot be reached now
 */
public record ZoneChoice(List<HostedZone> zones, ZoneFilter filter, List<UnreachableZones> unreachable) {
    /**
     * The zones of a name.
     *
     * @param zones where it belongs; empty when there is a problem
     * @param problem why it belongs nowhere
     */
    public record Chosen(List<HostedZone> zones, Optional<Violation> problem) {
        /** Copies the list. */
        public Chosen {
            zones = List.copyOf(zones);
        }

        private static Chosen none(DnsName name, String problem, String fix) {
            return new Chosen(List.of(), Optional.of(new Violation(name.text(), problem, fix)));
        }
    }

    /** Keeps the zones that are looked after. */
    public ZoneChoice {
        zones = zones.stream().filter(filter::admits).toList();
        unreachable = List.copyOf(unreachable);
    }

    /**
     * Chooses among zones that can all be reached.
     *
     * @param zones the zones that there are
     * @param filter which of them are looked after
     */
    public ZoneChoice(List<HostedZone> zones, ZoneFilter filter) {
        this(zones, filter, List.of());
    }

    /**
     * Chooses.
     *
     * @param name the name
     * @param options what its source says of zones
     * @return the zones, or the problem
     */
    public Chosen choose(DnsName name, EndpointOptions options) {
        if (!filter.admits(name)) {
            return Chosen.none(name, "the filter leaves it out: " + filter, "widen the filter, or leave the name out");
        }
        if (options.pinnedZone().isPresent()) {
            return pinned(name, HostedZone.bareId(options.pinnedZone().get()));
        }
        List<HostedZone> chosen = new ArrayList<>();
        for (boolean isPrivate : new boolean[] {false, true}) {
            if (options.horizon() == (isPrivate ? Horizon.PUBLIC : Horizon.PRIVATE)) {
                continue;
            }
            List<HostedZone> longest = longest(name, isPrivate);
            if (longest.size() > 1) {
                return Chosen.none(
                        name, "it belongs into each of " + longest, "pin it to one of their ids, or filter the zones");
            }
            chosen.addAll(longest);
        }
        int most = chosen.stream()
                .mapToInt(zone -> zone.name().text().length())
                .max()
                .orElse(0);
        for (UnreachableZones hidden : unreachable) {
            if (hidden.claims(name, most)) {
                return unreachable(name, hidden);
            }
        }
        return chosen.isEmpty()
                ? Chosen.none(
                        name,
                        "no "
                                + (options.horizon() == Horizon.ANY
                                        ? ""
                                        : options.horizon() == Horizon.PRIVATE ? "private " : "public ")
                                + "zone holds it: there are " + zones,
                        "create a zone for it, or correct the name")
                : new Chosen(chosen, Optional.empty());
    }

    private Chosen pinned(DnsName name, String id) {
        Optional<HostedZone> zone =
                zones.stream().filter(one -> one.id().equals(id)).findFirst();
        for (UnreachableZones hidden : unreachable) {
            if (zone.isEmpty() && hidden.ids().contains(id)) {
                return unreachable(name, hidden);
            }
        }
        if (zone.isEmpty()) {
            return Chosen.none(name, "it is pinned to zone " + id + ", and there are " + zones, "correct the id");
        }
        return name.endsWith(zone.get().name())
                ? new Chosen(List.of(zone.get()), Optional.empty())
                : Chosen.none(
                        name,
                        "it is pinned to " + zone.get() + ", which cannot hold it",
                        "pin it to a zone whose name it ends with");
    }

    private static Chosen unreachable(DnsName name, UnreachableZones hidden) {
        return Chosen.none(name, "its zone cannot be reached: " + hidden.why(), "it stays as it is until then");
    }

    private List<HostedZone> longest(DnsName name, boolean isPrivate) {
        List<HostedZone> found = zones.stream()
                .filter(zone -> zone.isPrivate() == isPrivate && name.endsWith(zone.name()))
                .toList();
        int most = found.stream()
                .mapToInt(zone -> zone.name().text().length())
                .max()
                .orElse(0);
        return found.stream()
                .filter(zone -> zone.name().text().length() == most)
                .toList();
    }
}
