package io.k8saws.dns.plan;

import io.k8saws.error.K8sAwsException;
import java.util.List;
import java.util.Map;

/** A guard such as {@link DnsPlan#requireFewDeletions} found in a plan what it does not accept. Nothing was changed. */
public final class DnsPlanRefusedException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private static final int SHOWN = 5;

    @SuppressWarnings("serial") // always an unmodifiable list of the JDK, which is serializable
    private final List<String> refused;

    DnsPlanRefusedException(String owner, String why, List<String> refused, String next) {
        super(
                "Apply a plan of owner " + owner,
                why + ": " + refused.stream().limit(SHOWN).toList() + (refused.size() > SHOWN ? " and more" : ""),
                next,
                Map.of("owner", owner),
                null);
        this.refused = List.copyOf(refused);
    }

    /**
     * What the guard does not accept.
     *
     * @return all names that would lose record sets, or all findings, as the guard is about; the message has the first five
     */
    public List<String> refused() {
        return refused;
    }
}
