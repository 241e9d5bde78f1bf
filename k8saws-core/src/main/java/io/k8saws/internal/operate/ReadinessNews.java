package io.k8saws.internal.operate;

import io.k8saws.addon.AddonStatus;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.operate.ClusterReadiness;
import io.k8saws.progress.ProgressEvent.ComponentChanged;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is new in each look at a cluster that becomes ready. It remembers what it told, and calls nothing. Not thread-safe. */
final class ReadinessNews {
    private final Map<String, String> told = new HashMap<>();

    /** What has changed since the last look: machines, the API, add-ons. */
    List<ComponentChanged> of(ClusterReadiness seen) {
        List<ComponentChanged> news = new ArrayList<>();
        seen.machines().stream()
                .filter(machine -> !machine.instance().isEmpty())
                .forEach(machine ->
                        add(news, seen, machine.part() + " " + machine.instance(), machine.state(), machine.ready()));
        add(news, seen, "API", seen.api().orElse("answers"), seen.api().isEmpty());
        seen.addons().forEach(addon -> add(news, seen, addon.addon(), state(addon), addon.isReady()));
        return news;
    }

    private static String state(AddonStatus addon) {
        return addon.toString().lines().skip(1).findFirst().map(String::strip).orElse("installed");
    }

    private void add(
            List<ComponentChanged> news, ClusterReadiness seen, String component, String state, boolean ready) {
        if (!state.equals(told.put(component, state))) {
            news.add(new ComponentChanged(seen.cluster(), component, state, ready));
        }
    }

    /** What is thrown when it takes too long: it names all that is missing, with the reasons and last lines of machines. */
    static WaitTimeoutException late(ClusterReadiness seen, String what, Duration waited) {
        return new WaitTimeoutException(
                "cluster " + seen.cluster() + ": " + what,
                waited,
                String.join("\n", seen.missing()),
                "look at the machines and add-ons that are named; docs/boot.md says what to look at",
                Map.of());
    }
}
