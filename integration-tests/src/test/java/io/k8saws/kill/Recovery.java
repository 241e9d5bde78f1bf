package io.k8saws.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.plan.Plan;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.inventory.AwsInventory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;

/** Looks whether the next run makes good what a dead one has left: nothing to do for a second plan, and the same account as if nobody had died. */
final class Recovery {
    private static final int WORKERS = 2;
    private static final int ENOUGH = 12;

    private final Wish wish;
    private final List<String> expected;
    private final Faults faults;
    private final Function<AwsInventory, List<String>> view;
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();

    Recovery(Wish wish, AwsInventory expected, Faults faults) {
        this(wish, expected, faults, inventory -> List.copyOf(inventory.lines()));
    }

    /** Compares a view of the accounts; lines that come twice count twice. */
    Recovery(Wish wish, AwsInventory expected, Faults faults, Function<AwsInventory, List<String>> view) {
        this.wish = wish;
        this.expected = view.apply(expected);
        this.faults = faults;
        this.view = view;
    }

    /** Recovers one account. */
    void of(Account account, Object death) {
        problem(account).ifPresent(problem -> problems.add(death + ": " + problem));
    }

    /** Takes each case on one of a few threads; stops early when there are more problems than anybody reads. */
    <T> void ofAll(List<T> cases, Consumer<T> recover) {
        ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
        try {
            List<? extends Future<?>> all = cases.stream()
                    .map(one -> workers.submit(() -> {
                        if (problems.size() < ENOUGH) {
                            recover.accept(one);
                        }
                    }))
                    .toList();
            for (Future<?> each : all) {
                each.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            workers.shutdownNow();
        }
    }

    void requireNoProblem() {
        assertThat(problems).as("what was not made good").isEmpty();
    }

    private Optional<String> problem(Account account) {
        try {
            Plan left = account.settle(wish, faults);
            if (!left.isEmpty()) {
                return Optional.of("a second plan still wants " + left);
            }
        } catch (RuntimeException | Error e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            return Optional.of(trace.toString());
        }
        List<String> found = view.apply(account.inventory());
        List<String> tooMuch = without(found, expected);
        List<String> missing = without(expected, found);
        return tooMuch.isEmpty() && missing.isEmpty()
                ? Optional.empty()
                : Optional.of("left behind: " + tooMuch + "; missing: " + missing);
    }

    private static List<String> without(List<String> lines, List<String> others) {
        List<String> rest = new ArrayList<>(lines);
        others.forEach(rest::remove); // one at a time
        return rest;
    }
}
