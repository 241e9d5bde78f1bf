package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Set;

/** An alias record of a load balancer, with a TXT record beside it that says whose it is. */
public final class RecordSets implements ResourceKind<RecordSets.RecordSet> {
    /** The kind's name. */
    public static final String KIND = "record-set";

    /** The fields of this kind. */
    public record RecordSet(
            @ReplaceOnChange Ref zone,
            @ReplaceOnChange String domain,
            Ref aliasDomain,
            Ref aliasZone)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<RecordSet> attributes() {
        return RecordSet.class;
    }

    @Override
    public Found<RecordSet> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, RecordSet wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<RecordSet> observed, RecordSet wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<RecordSet> observed) {
        throw new UnsupportedOperationException();
    }
}
