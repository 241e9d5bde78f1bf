package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import java.util.Map;
import java.util.Set;

/** A fixed public address. */
public final class ElasticIps implements ResourceKind<ElasticIps.ElasticIp> {
    /** The kind's name. */
    public static final String KIND = "elastic-ip";

    /** The fields of this kind. */
    public record ElasticIp(
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<ElasticIp> attributes() {
        return ElasticIp.class;
    }

    @Override
    public Found<ElasticIp> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, ElasticIp wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<ElasticIp> observed, ElasticIp wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<ElasticIp> observed) {
        throw new UnsupportedOperationException();
    }
}
