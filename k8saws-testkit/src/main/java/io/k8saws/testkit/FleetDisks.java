package io.k8saws.testkit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes what the emulator says of volumes and further network interfaces true in the machines. Thread-safe. */
final class FleetDisks {
    /** A file system on a sparse file needs some room by its size, and no test fills more. */
    private static final int LARGEST = 8;

    private final FleetTimeline timeline;
    private final Map<String, NodeVolume> volumes = new HashMap<>();

    FleetDisks(FleetTimeline timeline) {
        this.timeline = timeline;
    }

    /** One look at one running machine. Others are all machines of the fleet. */
    synchronized void tend(NodeMachines network, VpcView view, NodeMachine machine, List<NodeMachine> others) {
        String id = machine.instance().id();
        List<String> wanted = view.volumesOf(id).map(VpcView.Volume::id).toList();
        for (NodeVolume had : machine.instance().volumes()) {
            if (!wanted.contains(had.id())) {
                timeline.attempt("detach " + had.id() + " from " + id, () -> {
                    machine.detach(had);
                    timeline.say(had.id() + " leaves " + id);
                });
            }
        }
        view.volumesOf(id)
                .forEach(volume -> timeline.attempt(
                        "attach " + volume.id() + " to " + id, () -> attach(network, volume, machine)));
        List<NodeInterface> interfaces = view.interfacesOf(id);
        for (NodeInterface had : machine.later()) {
            if (!interfaces.contains(had)) {
                timeline.attempt("detach " + had.id() + " from " + id, () -> {
                    machine.detach(had);
                    timeline.say(had.id() + " leaves " + id);
                });
            }
        }
        for (NodeInterface next : interfaces) {
            if (!machine.instance().interfaces().contains(next)) {
                timeline.attempt("attach " + next.id() + " to " + id, () -> attach(next, machine, others));
            }
        }
    }

    private void attach(NodeMachines network, VpcView.Volume wanted, NodeMachine machine) {
        NodeVolume disk = volumes.computeIfAbsent(
                wanted.id(), id -> network.volume(id, Math.max(1, Math.min(LARGEST, wanted.gibibytes()))));
        if (!machine.instance().volumes().contains(disk)) {
            machine.attach(disk);
            timeline.say(wanted.id() + " comes to " + machine.instance().id());
        }
    }

    private void attach(NodeInterface next, NodeMachine machine, List<NodeMachine> others) {
        for (NodeMachine other : others) {
            if (other != machine
                    && other.isRunning()
                    && other.instance().interfaces().contains(next)) {
                throw new TestbedException(
                        "Attach " + next.id() + " to " + machine, other + " has it", "Wait until that has ended");
            }
        }
        machine.attach(next);
        timeline.say(next.id() + " with " + next.address() + " comes to "
                + machine.instance().id());
    }

    /** Forgets disks whose volumes the emulator has deleted. */
    synchronized void forget(NodeMachines network, VpcView view) {
        List<NodeVolume> gone = volumes.values().stream()
                .filter(volume -> !view.volumes().containsKey(volume.id())
                        && network.owner(volume).isEmpty())
                .toList();
        for (NodeVolume volume : gone) {
            volumes.remove(volume.id());
            network.remove(volume);
            timeline.say(volume.id() + " is deleted");
        }
    }

    /** Puts a blank disk in the place of one; the machine that has it dies with it. */
    synchronized void lose(NodeMachines network, String id) {
        NodeVolume lost = Optional.ofNullable(volumes.get(id))
                .orElseThrow(() -> new IllegalArgumentException("Lose " + id
                        + ": no machine has had it. Wait until one has it. Disks are " + volumes.keySet() + "."));
        network.owner(lost).ifPresent(NodeMachine::kill);
        network.remove(lost);
        volumes.put(id, network.volume(id, lost.gibibytes()));
        timeline.say(id + " is lost; a blank disk has its place");
    }
}
