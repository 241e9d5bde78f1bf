package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The instances behind a load balancer. */
public final class TargetGroups implements ResourceKind<TargetGroups.TargetGroup> {
    /** The kind's name. */
    public static final String KIND = "target-group";

    /** The fields of this kind. */
    public record TargetGroup(
            @ReplaceOnChange Ref vpc,
            @ReplaceOnChange String protocol,
            @ReplaceOnChange int port,
            String healthCheckProtocol,
            Optional<String> healthCheckPath,
            int deregistrationDelaySeconds,
            boolean connectionTermination,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<TargetGroup> attributes() {
        return TargetGroup.class;
    }

    @Override
    public Found<TargetGroup> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, TargetGroup wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<TargetGroup> observed, TargetGroup wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<TargetGroup> observed) {
        throw new UnsupportedOperationException();
    }
}
