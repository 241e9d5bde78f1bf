package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Set;

/** A file in the cluster's bucket; its key carries the hash of its content. */
public final class BucketObjects implements ResourceKind<BucketObjects.BucketObject> {
    /** The kind's name. */
    public static final String KIND = "bucket-object";

    /** The fields of this kind. */
    public record BucketObject(
            @ReplaceOnChange Ref bucket,
            @ReplaceOnChange String key,
            Content content)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<BucketObject> attributes() {
        return BucketObject.class;
    }

    @Override
    public Found<BucketObject> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, BucketObject wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<BucketObject> observed, BucketObject wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<BucketObject> observed) {
        throw new UnsupportedOperationException();
    }
}
