package io.k8saws.dns.internal.engine;

import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.error.AwsCallException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Delivers plans in as few calls as can be, although some of them may be refused, and with them the whole call. Where the answer names names, the rest goes at
 * once in a second call; where it does not, halves tell which: of 1,000 plans one bad one is found in 21 calls at most.
 */
final class Delivery {
    private final Function<List<SetChange>, String> call;
    private final BiConsumer<List<NamePlan>, String> accepted;
    private final BiConsumer<List<NamePlan>, AwsCallException> refused;

    /**
     * Makes a way of delivery.
     *
     * @param call sends a batch; returns the change's id
     * @param accepted hears of plans that are carried out, with the change's id
     * @param refused hears of plans that are at fault
     */
    Delivery(
            Function<List<SetChange>, String> call,
            BiConsumer<List<NamePlan>, String> accepted,
            BiConsumer<List<NamePlan>, AwsCallException> refused) {
        this.call = call;
        this.accepted = accepted;
        this.refused = refused;
    }

    /**
     * Delivers plans that fit into one call.
     *
     * @param plans one or more
     * @throws AwsCallException if a call fails for another reason than its content; what was not told to either listener is not delivered, as far as we know
     */
    void deliver(List<NamePlan> plans) {
        AwsCallException failure = send(plans);
        if (failure != null) {
            isolate(plans, failure);
        }
    }

    /** Finds those at fault in a batch that was refused. */
    private void isolate(List<NamePlan> plans, AwsCallException failure) {
        List<NamePlan> named = Refusals.named(failure, plans);
        if (plans.size() == 1 || named.size() == plans.size()) {
            refused.accept(plans, failure);
        } else if (!named.isEmpty()) {
            List<NamePlan> rest = new ArrayList<>(plans);
            rest.removeAll(named);
            refused.accept(named, failure);
            deliver(rest);
        } else {
            halve(plans, failure);
        }
    }

    private void halve(List<NamePlan> plans, AwsCallException failure) {
        List<NamePlan> first = plans.subList(0, plans.size() / 2);
        List<NamePlan> second = plans.subList(plans.size() / 2, plans.size());
        AwsCallException failed = send(first);
        if (failed == null && second.size() > 1) {
            isolate(second, failure); // it must be there, so the whole of it need not be sent
        } else {
            if (failed != null) {
                isolate(first, failed);
            }
            deliver(second);
        }
    }

    private @Nullable AwsCallException send(List<NamePlan> plans) {
        List<SetChange> changes =
                plans.stream().flatMap(plan -> plan.changes().stream()).toList();
        try {
            accepted.accept(plans, call.apply(changes));
            return null;
        } catch (AwsCallException e) {
            if (!Refusals.isOfContent(e)) {
                throw e;
            }
            return e;
        }
    }
}
