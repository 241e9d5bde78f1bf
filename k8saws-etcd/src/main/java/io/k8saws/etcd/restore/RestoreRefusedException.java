package io.k8saws.etcd.restore;

import io.k8saws.error.K8sAwsException;
import java.util.List;
import java.util.stream.Collectors;

/** A restore would fail or do harm. Nothing was changed. All reasons are there at once. */
public final class RestoreRefusedException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // always an unmodifiable list of the JDK, which is serializable
    private final List<String> refusals;

    RestoreRefusedException(String subject, List<String> refusals) {
        super(
                "Restore " + subject,
                "refused:"
                        + refusals.stream().map(refusal -> "\n  - " + refusal).collect(Collectors.joining()) + "\n",
                "mend all of it, then plan again");
        this.refusals = List.copyOf(refusals);
    }

    /**
     * Why it was refused.
     *
     * @return a sentence for each reason, with what to do
     */
    public List<String> refusals() {
        return refusals;
    }
}
