package io.k8saws.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.internal.resource.ResourceKind;
import io.k8saws.internal.resource.ResourceKinds;
import io.k8saws.kill.Worlds.Death;
import io.k8saws.kill.Worlds.World;
import io.k8saws.plan.Change;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.inventory.AwsInventory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A run that dies at any call to AWS is made good by the next")
class KillEveryCallIT {
    /** Every how many calls a run is really killed; at all others the account is taken as a killed run leaves it. */
    private static final int REAL_KILLS = 16;

    @Test
    void apply_diesAnywhere(@AwsEmulator(shared = false) AwsEndpoint aws) {
        Account account = new Account(aws);
        ClusterSpec spec = Clusters.small(aws.region());
        dieEverywhere("apply", account, k8s -> k8s.plan(spec));
    }

    @Test
    void change_diesAnywhere(@AwsEmulator(shared = false) AwsEndpoint aws) {
        Account account = new Account(aws);
        ClusterSpec spec = Clusters.small(aws.region());
        account.apply(k8s -> k8s.plan(spec), Faults.none());
        dieEverywhere("change", account, k8s -> k8s.plan(Clusters.changed(spec)));
    }

    @Test
    void destroy_diesAnywhere(@AwsEmulator(shared = false) AwsEndpoint aws) {
        Account account = new Account(aws);
        ClusterSpec spec = Clusters.small(aws.region());
        AwsInventory before = account.inventory();
        account.apply(k8s -> k8s.plan(spec), Faults.none());
        AwsInventory after = dieEverywhere("destroy", account, k8s -> k8s.planDestroy(Clusters.NAME));
        assertThat(after).isEqualTo(before);
    }

    @Test
    void theCluster_holdsEveryKind(@AwsEmulator AwsEndpoint aws) {
        ClusterSpec spec = Clusters.small(aws.region());
        Set<String> wanted = new Account(aws)
                .ask(k8s -> k8s.plan(spec).changes()).stream()
                        .map(Change::resource)
                        .map(address -> address.kind())
                        .collect(Collectors.toCollection(TreeSet::new));
        Set<String> all = ResourceKinds.all().inOrder().stream()
                .map(ResourceKind::name)
                .collect(Collectors.toCollection(TreeSet::new));
        // What only groups and the cluster's own controllers make.
        all.removeAll(Set.of("instance", "classic-load-balancer"));
        assertThat(wanted).isEqualTo(all);
    }

    /** Returns the inventory after a run that nobody killed. */
    private static AwsInventory dieEverywhere(String name, Account account, Wish wish) {
        long started = System.nanoTime();
        Deaths deaths = new Deaths();
        AwsInventory expected;
        int calls;
        try (Account undisturbed = account.copy();
                Worlds worlds = Worlds.of(undisturbed, wish)) {
            expected = undisturbed.inventory();
            calls = worlds.calls();
            Recovery recovery = new Recovery(wish, expected, Faults.none());
            recovery.ofAll(worlds.all(), (World world) -> {
                recovery.of(world.account(), world.deaths());
                world.account().close();
                deaths.add(world.deaths());
            });
            recovery.requireNoProblem();
            Set<Death> dead = worlds.all().stream()
                    .flatMap(world -> world.deaths().stream())
                    .collect(Collectors.toSet());
            assertThat(dead).as("two moments a call").hasSize(2 * calls);
        }
        List<Integer> numbers = new ArrayList<>();
        for (int call = 1; call <= calls; call += REAL_KILLS) {
            numbers.add(call);
        }
        Recovery recovery = new Recovery(wish, expected, Faults.none());
        for (Moment moment : Moment.values()) {
            recovery.ofAll(numbers, (Integer call) -> {
                try (Account killed = account.copy()) {
                    killed.apply(wish, moment.at(call));
                    recovery.of(killed, moment + " call " + call + " (killed)");
                }
            });
        }
        recovery.requireNoProblem();
        System.out.printf(
                Locale.ROOT,
                "%s: %d calls, killed before and after each in %d s%n%s",
                name,
                calls,
                Duration.ofNanos(System.nanoTime() - started).toSeconds(),
                deaths);
        return expected;
    }
}
