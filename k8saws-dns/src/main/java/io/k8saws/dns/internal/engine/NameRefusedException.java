package io.k8saws.dns.internal.engine;

import io.k8saws.dns.plan.NamePlan;
import io.k8saws.error.K8sAwsException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Route 53 does not take the records of a name. Other names go on. */
public final class NameRefusedException extends K8sAwsException {
    private static final long serialVersionUID = 1;

    NameRefusedException(NamePlan plan, String zone, String why, @Nullable Throwable cause) {
        super(
                "Change the records of " + plan.name(),
                why,
                "mend what is named; it is tried again when the plan changes, and after a while",
                Map.of("name", plan.name().text(), "zone", zone),
                cause);
    }

    static NameRefusedException tooLarge(NamePlan plan, String zone) {
        return new NameRefusedException(
                plan,
                zone,
                "it has " + plan.elements() + " values of " + plan.characters()
                        + " characters, and a call of Route 53 takes " + Batches.VALUES + " of " + Batches.CHARACTERS,
                null);
    }
}
