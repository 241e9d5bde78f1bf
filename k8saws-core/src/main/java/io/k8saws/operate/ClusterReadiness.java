package io.k8saws.operate;

import io.k8saws.addon.AddonStatus;
import io.k8saws.internal.text.Columns;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether a cluster works: its machines, its API, its add-ons, as they were seen at once. Immutable.
 *
 * @param cluster the cluster's name
 * @param api why the Kubernetes API could not be asked; empty when it answered
 * @param machines all machines that the groups have or should have
 * @param addons the add-ons; empty while the API does not answer
 */
public record ClusterReadiness(
        String cluster, Optional<String> api, List<MachineReadiness> machines, List<AddonStatus> addons) {
    /** Checks that no part is missing, and copies the lists. */
    public ClusterReadiness {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(api, "api");
        machines = List.copyOf(machines);
        addons = List.copyOf(addons);
    }

    /**
     * Tells whether all is well.
     *
     * @return true when the API answers, every machine is ready and every add-on is available
     */
    public boolean isReady() {
        return api.isEmpty()
                && machines.stream().allMatch(MachineReadiness::ready)
                && addons.stream().allMatch(AddonStatus::isReady);
    }

    /**
     * Tells what is missing.
     *
     * @return a line or more for each machine and add-on that is not ready, and for the API; empty when all is well
     */
    public List<String> missing() {
        return java.util.stream.Stream.of(
                        machines.stream().filter(machine -> !machine.ready()).map(MachineReadiness::toString),
                        api.stream().map(why -> "API: " + why),
                        addons.stream().filter(addon -> !addon.isReady()).map(AddonStatus::toString))
                .flatMap(lines -> lines)
                .toList();
    }

    /** Returns a table of the machines and a line for each add-on. */
    @Override
    public String toString() {
        Columns table = new Columns("GROUP", "INSTANCE", "READY", "STATE");
        machines.forEach(machine ->
                table.row(machine.part(), machine.instance(), machine.ready() ? "yes" : "no", machine.state()));
        return cluster + ": " + (isReady() ? "ready" : "not ready") + "\n\n" + table
                + api.map(why -> "\nAPI: " + why + "\n").orElse("")
                + addons.stream().map(addon -> "\n" + addon).collect(Collectors.joining());
    }
}
