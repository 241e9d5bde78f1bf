package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Set;

/** What a role may do, as one inline policy. */
public final class IamRolePolicies implements ResourceKind<IamRolePolicies.IamRolePolicy> {
    /** The kind's name. */
    public static final String KIND = "iam-role-policy";

    /** The fields of this kind. */
    public record IamRolePolicy(
            @ReplaceOnChange Ref role,
            String document)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<IamRolePolicy> attributes() {
        return IamRolePolicy.class;
    }

    @Override
    public Found<IamRolePolicy> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, IamRolePolicy wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<IamRolePolicy> observed, IamRolePolicy wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<IamRolePolicy> observed) {
        throw new UnsupportedOperationException();
    }
}
