package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Map;
import java.util.Set;

/** A security group; its rules are resources of their own. */
public final class SecurityGroups implements ResourceKind<SecurityGroups.SecurityGroup> {
    /** The kind's name. */
    public static final String KIND = "security-group";

    /** The fields of this kind. */
    public record SecurityGroup(
            @ReplaceOnChange Ref vpc,
            @ReplaceOnChange String description,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<SecurityGroup> attributes() {
        return SecurityGroup.class;
    }

    @Override
    public Found<SecurityGroup> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, SecurityGroup wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<SecurityGroup> observed, SecurityGroup wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<SecurityGroup> observed) {
        throw new UnsupportedOperationException();
    }
}
