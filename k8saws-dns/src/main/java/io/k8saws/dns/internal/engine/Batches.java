package io.k8saws.dns.internal.engine;

import io.k8saws.dns.plan.NamePlan;
import java.util.ArrayList;
import java.util.List;

/**
 * What fits into one call: 1,000 values and 32,000 characters in values (Route 53 API reference, ChangeResourceRecordSets). A value of an UPSERT would count
 * twice; none is sent. An alias has no value. A name's changes are never torn apart.
 */
final class Batches {
    static final int VALUES = 1000;
    static final int CHARACTERS = 32_000;

    private Batches() {}

    /** Whether a name fits into a call of its own. */
    static boolean fits(NamePlan plan) {
        return plan.elements() <= VALUES && plan.characters() <= CHARACTERS;
    }

    /** The largest beginning of a list that fits into one call; each plan fits by itself. */
    static List<NamePlan> first(List<NamePlan> plans) {
        int values = 0;
        int characters = 0;
        List<NamePlan> batch = new ArrayList<>();
        for (NamePlan plan : plans) {
            values += plan.elements();
            characters += plan.characters();
            if (values > VALUES || characters > CHARACTERS) {
                break;
            }
            batch.add(plan);
        }
        return batch;
    }

    /** All batches, in order. */
    static List<List<NamePlan>> all(List<NamePlan> plans) {
        List<List<NamePlan>> batches = new ArrayList<>();
        for (int at = 0;
                at < plans.size();
                at += batches.get(batches.size() - 1).size()) {
            batches.add(first(plans.subList(at, plans.size())));
        }
        return batches;
    }
}
