package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The role of a group of instances. */
public final class IamRoles implements ResourceKind<IamRoles.IamRole> {
    /** The kind's name. */
    public static final String KIND = "iam-role";

    /** The fields of this kind. */
    public record IamRole(
            String trustPolicy,
            Optional<String> permissionsBoundary,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<IamRole> attributes() {
        return IamRole.class;
    }

    @Override
    public Found<IamRole> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, IamRole wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<IamRole> observed, IamRole wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<IamRole> observed) {
        throw new UnsupportedOperationException();
    }
}
