package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The disk of an etcd member; outlives its instances. */
public final class Volumes implements ResourceKind<Volumes.Volume> {
    /** The kind's name. */
    public static final String KIND = "volume";

    /** The fields of this kind. */
    public record Volume(
            @ReplaceOnChange String zone,
            String type,
            int sizeGib,
            Optional<Integer> iops,
            Optional<Integer> throughputMibps,
            @ReplaceOnChange boolean encrypted,
            @ReplaceOnChange Optional<String> kmsKey,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<Volume> attributes() {
        return Volume.class;
    }

    @Override
    public Found<Volume> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, Volume wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<Volume> observed, Volume wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<Volume> observed) {
        throw new UnsupportedOperationException();
    }
}
