package io.k8saws.dns.internal.change;

import io.k8saws.dns.plan.NamePlan;
import java.util.ArrayList;
import java.util.List;

/** Puts names into as few batches as they fit into in their order. A name is never split. Pure. */
public final class Batches {
    /** Values of a batch (Route 53 developer guide, "Quotas": ChangeResourceRecordSets). A DELETE and a CREATE count once each; an alias has no value. */
    static final int ELEMENTS = 1_000;

    /** Characters of all values of a batch (the same place). */
    static final int CHARACTERS = 32_000;

    private Batches() {}

    /**
     * Packs names.
     *
     * @param names with changes; one that alone is too large is left out, see {@link #isTooLarge}
     * @return batches of at least one name
     */
    public static List<List<NamePlan>> of(List<NamePlan> names) {
        List<List<NamePlan>> batches = new ArrayList<>();
        List<NamePlan> open = new ArrayList<>();
        int elements = 0;
        int characters = 0;
        for (NamePlan name : names) {
            if (isTooLarge(name)) {
                continue;
            }
            if (!open.isEmpty()
                    && (elements + name.elements() > ELEMENTS || characters + name.characters() > CHARACTERS)) {
                batches.add(List.copyOf(open));
                open.clear();
                elements = 0;
                characters = 0;
            }
            open.add(name);
            elements += name.elements();
            characters += name.characters();
        }
        if (!open.isEmpty()) {
            batches.add(List.copyOf(open));
        }
        return batches;
    }

    /**
     * Tells whether a name can never be changed as a whole.
     *
     * @param name the name
     * @return whether it is larger than a batch may be
     */
    public static boolean isTooLarge(NamePlan name) {
        return name.elements() > ELEMENTS || name.characters() > CHARACTERS;
    }
}
