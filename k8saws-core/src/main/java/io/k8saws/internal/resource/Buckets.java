package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import java.util.Map;
import java.util.Set;

/** The bucket of the cluster: state, lock, history, and what nodes fetch. */
public final class Buckets implements ResourceKind<Buckets.Bucket> {
    /** The kind's name. */
    public static final String KIND = "bucket";

    /** The fields of this kind. */
    public record Bucket(
            boolean versioned,
            String encryption,
            boolean publicAccessBlocked,
            String policy,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<Bucket> attributes() {
        return Bucket.class;
    }

    @Override
    public Found<Bucket> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, Bucket wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<Bucket> observed, Bucket wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<Bucket> observed) {
        throw new UnsupportedOperationException();
    }
}
