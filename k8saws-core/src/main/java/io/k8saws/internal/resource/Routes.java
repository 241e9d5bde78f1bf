package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Optional;
import java.util.Set;

/** A route to an internet or NAT gateway. */
public final class Routes implements ResourceKind<Routes.Route> {
    /** The kind's name. */
    public static final String KIND = "route";

    /** The fields of this kind. */
    public record Route(
            @ReplaceOnChange Ref routeTable,
            @ReplaceOnChange String destination,
            Optional<Ref> internetGateway,
            Optional<Ref> natGateway)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<Route> attributes() {
        return Route.class;
    }

    @Override
    public Found<Route> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, Route wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<Route> observed, Route wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<Route> observed) {
        throw new UnsupportedOperationException();
    }
}
