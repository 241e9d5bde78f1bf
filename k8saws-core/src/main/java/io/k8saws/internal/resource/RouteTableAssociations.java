package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Set;

/** Which route table a subnet uses. */
public final class RouteTableAssociations implements ResourceKind<RouteTableAssociations.RouteTableAssociation> {
    /** The kind's name. */
    public static final String KIND = "route-table-association";

    /** The fields of this kind. */
    public record RouteTableAssociation(
            Ref routeTable,
            @ReplaceOnChange Ref subnet)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<RouteTableAssociation> attributes() {
        return RouteTableAssociation.class;
    }

    @Override
    public Found<RouteTableAssociation> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, RouteTableAssociation wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<RouteTableAssociation> observed, RouteTableAssociation wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<RouteTableAssociation> observed) {
        throw new UnsupportedOperationException();
    }
}
