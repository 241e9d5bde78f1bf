package io.k8saws.etcd.rescue;

import io.k8saws.error.K8sAwsException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A rescue names what its snapshot does not have: a name is mistyped, or the snapshot is another one. All such names are there at once. Or it names nothing but keys that API servers keep for themselves, such as {@code /registry/ranges/serviceips}. Nothing was changed.
 */
public final class RescueRefusedException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // always an unmodifiable list of the JDK, which is serializable
    private final List<String> refusals;

    private RescueRefusedException(
            Selection selection, String snapshot, String why, List<String> refusals, String hint) {
        super(
                "Rescue " + selection + " from " + snapshot,
                why + refusals.stream().map(refusal -> "\n  - " + refusal).collect(Collectors.joining()) + "\n",
                hint);
        this.refusals = List.copyOf(refusals);
    }

    /** The snapshot does not have some of what is named. */
    static RescueRefusedException missing(Selection selection, String snapshot, long revision, List<String> missing) {
        return new RescueRefusedException(
                selection,
                snapshot,
                "at revision " + revision + " the snapshot has",
                missing,
                "mend the name or leave it out, or take a snapshot or an earlier revision that has it");
    }

    /** All that is named is no object of anybody. */
    static RescueRefusedException apiServersOwn(Selection selection, String snapshot, long revision, List<String> own) {
        return new RescueRefusedException(
                selection,
                snapshot,
                "at revision " + revision + " it names nothing but what API servers keep for themselves",
                own,
                "choose objects; API servers write these keys anew by themselves");
    }

    /**
     * Why it was refused.
     *
     * @return what the snapshot does not have, one each, with the nearest that it has: {@code nothing of namespace shpo: there are shop, bank}; or how many keys there are of each kind that API servers
     *     keep for themselves, and what they are for
     */
    public List<String> refusals() {
        return refusals;
    }
}
