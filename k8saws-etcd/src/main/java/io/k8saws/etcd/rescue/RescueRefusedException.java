package io.k8saws.etcd.rescue;

import io.k8saws.error.K8sAwsException;
import java.util.List;
import java.util.stream.Collectors;

/** A rescue names what its snapshot does not have: a name is mistyped, or the snapshot is another one. Nothing was changed. All such names are there at once. */
public final class RescueRefusedException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // always an unmodifiable list of the JDK, which is serializable
    private final List<String> refusals;

    RescueRefusedException(Selection selection, String snapshot, long revision, List<String> refusals) {
        super(
                "Rescue " + selection + " from " + snapshot,
                "at revision " + revision + " the snapshot has"
                        + refusals.stream().map(refusal -> "\n  - " + refusal).collect(Collectors.joining()) + "\n",
                "mend the name or leave it out, or take a snapshot or an earlier revision that has it");
        this.refusals = List.copyOf(refusals);
    }

    /**
     * Why it was refused.
     *
     * @return what the snapshot does not have, one each, with the nearest that it has: {@code nothing of namespace shpo: there are shop, bank}
     */
    public List<String> refusals() {
        return refusals;
    }
}
