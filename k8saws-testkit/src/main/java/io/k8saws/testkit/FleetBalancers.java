package io.k8saws.testkit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes what the emulator says of load balancers and names true in the machines' network. For one thread. */
final class FleetBalancers {
    private record Place(String address, int port) {}

    private final FleetTimeline timeline;
    private final Map<Place, VpcView.Balancer> balancers = new HashMap<>();
    private final Map<String, List<String>> names = new HashMap<>();

    FleetBalancers(FleetTimeline timeline) {
        this.timeline = timeline;
    }

    void tend(NodeMachines network, VpcView view) {
        for (VpcView.Balancer wanted : view.balancers()) {
            Place place = new Place(wanted.address(), wanted.port());
            if (!wanted.equals(balancers.get(place))) {
                timeline.attempt("balance " + wanted.address() + ":" + wanted.port(), () -> {
                    network.balance(wanted.address(), wanted.port(), wanted.targets(), wanted.check());
                    balancers.put(place, wanted);
                    timeline.say("the load balancer at " + wanted.address() + ":" + wanted.port() + " has the targets "
                            + wanted.targets());
                });
            }
        }
        Set<Place> present = view.balancers().stream()
                .map(one -> new Place(one.address(), one.port()))
                .collect(Collectors.toSet());
        for (Place gone : List.copyOf(balancers.keySet())) {
            if (!present.contains(gone)) {
                timeline.attempt("end the load balancer at " + gone.address() + ":" + gone.port(), () -> {
                    network.unbalance(gone.address(), gone.port());
                    balancers.remove(gone);
                    timeline.say("the load balancer at " + gone.address() + ":" + gone.port() + " is gone");
                });
            }
        }
        nameAll(network, view.names());
    }

    private void nameAll(NodeMachines network, Map<String, List<String>> wanted) {
        wanted.forEach((name, addresses) -> {
            if (!addresses.equals(names.get(name))) {
                timeline.attempt("name " + name, () -> {
                    network.name(name, addresses);
                    names.put(name, addresses);
                    timeline.say(name + " is " + addresses);
                });
            }
        });
        for (String gone : List.copyOf(names.keySet())) {
            if (!wanted.containsKey(gone)) {
                timeline.attempt("forget the name " + gone, () -> {
                    network.name(gone, List.of());
                    names.remove(gone);
                    timeline.say(gone + " is no name any more");
                });
            }
        }
    }
}
