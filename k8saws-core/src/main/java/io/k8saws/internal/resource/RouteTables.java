package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Map;
import java.util.Set;

/** A route table. */
public final class RouteTables implements ResourceKind<RouteTables.RouteTable> {
    /** The kind's name. */
    public static final String KIND = "route-table";

    /** The fields of this kind. */
    public record RouteTable(
            @ReplaceOnChange Ref vpc,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<RouteTable> attributes() {
        return RouteTable.class;
    }

    @Override
    public Found<RouteTable> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, RouteTable wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<RouteTable> observed, RouteTable wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<RouteTable> observed) {
        throw new UnsupportedOperationException();
    }
}
