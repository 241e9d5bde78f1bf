package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One rule of a security group. */
public final class SecurityGroupRules implements ResourceKind<SecurityGroupRules.SecurityGroupRule> {
    /** The kind's name. */
    public static final String KIND = "security-group-rule";

    /** The fields of this kind. */
    public record SecurityGroupRule(
            @ReplaceOnChange Ref group,
            @ReplaceOnChange String direction,
            @ReplaceOnChange String protocol,
            @ReplaceOnChange int fromPort,
            @ReplaceOnChange int toPort,
            @ReplaceOnChange Optional<Ref> peerGroup,
            @ReplaceOnChange Optional<String> peerCidr,
            String description,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<SecurityGroupRule> attributes() {
        return SecurityGroupRule.class;
    }

    @Override
    public Found<SecurityGroupRule> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, SecurityGroupRule wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<SecurityGroupRule> observed, SecurityGroupRule wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<SecurityGroupRule> observed) {
        throw new UnsupportedOperationException();
    }
}
