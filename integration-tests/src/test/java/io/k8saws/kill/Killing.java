package io.k8saws.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.kill.Worlds.Death;
import io.k8saws.kill.Worlds.World;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.inventory.AwsInventory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Lets a run die before and after each of its calls, and the next one make good what is left. */
final class Killing {
    /** Every how many calls a run is also killed from within, which shows that a dead run sends nothing more and does not hang. */
    private static final int KILLED_FROM_WITHIN = 16;

    private final String name;
    private final Account account;
    private final Faults faults;

    /**
     * Prepares.
     *
     * @param name what is killed, for the report
     * @param account the account as every run finds it; stays as it is
     * @param faults what else goes wrong while the remains are made good
     */
    Killing(String name, Account account, Faults faults) {
        this.name = name;
        this.account = account;
        this.faults = faults;
    }

    /** Lets it die everywhere by copies, and now and then from within. Returns the inventory after a run that nobody disturbed. */
    AwsInventory everywhere(Wish wish) {
        long started = System.nanoTime();
        Deaths deaths = new Deaths();
        try (Account undisturbed = account.copy();
                Worlds worlds = Worlds.of(undisturbed, wish)) {
            AwsInventory expected = undisturbed.inventory();
            Recovery recovery = new Recovery(wish, expected, faults);
            recovery.ofAll(worlds.all(), (World world) -> {
                recovery.of(world.account(), world.deaths());
                world.account().close();
                deaths.add(world.deaths());
            });
            recovery.requireNoProblem();
            Set<Death> dead = worlds.all().stream()
                    .flatMap(world -> world.deaths().stream())
                    .collect(Collectors.toSet());
            assertThat(dead).as("two moments a call").hasSize(2 * worlds.calls());
            fromWithin(wish, expected, KILLED_FROM_WITHIN, worlds.calls());
            report(worlds.calls(), started, deaths);
            return expected;
        }
    }

    /** Kills from within at every call, before and after, until no call is left. */
    void fromWithinEverywhere(Wish wish) {
        long started = System.nanoTime();
        try (Account undisturbed = account.copy()) {
            int calls = undisturbed.apply(wish, Faults.none()).calls().count();
            fromWithin(wish, undisturbed.inventory(), 1, calls);
            report(calls, started, new Deaths());
        }
    }

    private void fromWithin(Wish wish, AwsInventory expected, int every, int calls) {
        Recovery recovery = new Recovery(wish, expected, faults);
        List<Integer> numbers = IntStream.rangeClosed(1, calls)
                .filter(call -> call % every == 0 || every == 1)
                .boxed()
                .toList();
        for (Moment moment : Moment.values()) {
            recovery.ofAll(numbers, (Integer call) -> {
                try (Account killed = account.copy()) {
                    killed.apply(wish, moment.at(call));
                    recovery.of(killed, "killed " + moment + " call " + call);
                }
            });
        }
        recovery.requireNoProblem();
    }

    private void report(int calls, long started, Deaths deaths) {
        long seconds = Duration.ofNanos(System.nanoTime() - started).toSeconds();
        System.out.printf(
                Locale.ROOT, "%s: %d calls, died before and after each, in %d s%n%s", name, calls, seconds, deaths);
    }
}
