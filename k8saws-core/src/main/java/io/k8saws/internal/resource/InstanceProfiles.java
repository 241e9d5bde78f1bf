package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import java.util.Optional;
import java.util.Set;

/** The profile that gives a role to instances. */
public final class InstanceProfiles implements ResourceKind<InstanceProfiles.InstanceProfile> {
    /** The kind's name. */
    public static final String KIND = "instance-profile";

    /** The fields of this kind. */
    public record InstanceProfile(
            Optional<Ref> role)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<InstanceProfile> attributes() {
        return InstanceProfile.class;
    }

    @Override
    public Found<InstanceProfile> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, InstanceProfile wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<InstanceProfile> observed, InstanceProfile wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<InstanceProfile> observed) {
        throw new UnsupportedOperationException();
    }
}
