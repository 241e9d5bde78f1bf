package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What an instance is made of; each change is a new version. */
public final class LaunchTemplates implements ResourceKind<LaunchTemplates.LaunchTemplate> {
    /** The kind's name. */
    public static final String KIND = "launch-template";

    /** The fields of this kind. */
    public record LaunchTemplate(
            String image,
            String instanceType,
            Optional<Ref> keyPair,
            Ref instanceProfile,
            Set<Ref> securityGroups,
            boolean publicIp,
            String userData,
            RootVolume rootVolume,
            Metadata metadata,
            Map<String, String> instanceTags,
            @Additive Map<String, String> tags)
            implements Attributes {}

    /**
     * The root disk of an instance.
     *
     * @param device the device name
     * @param type the EBS volume type
     * @param sizeGib the size in GiB
     * @param iops provisioned IOPS
     * @param throughputMibps throughput in MiB/s
     * @param kmsKey the key to encrypt with; AWS's own when empty
     */
    public record RootVolume(
            String device,
            String type,
            int sizeGib,
            Optional<Integer> iops,
            Optional<Integer> throughputMibps,
            Optional<String> kmsKey) {}

    /**
     * The instance metadata service.
     *
     * @param tokensRequired whether only IMDSv2 is served
     * @param hopLimit how many network hops an answer may travel, 1 to 64
     */
    public record Metadata(boolean tokensRequired, int hopLimit) {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<LaunchTemplate> attributes() {
        return LaunchTemplate.class;
    }

    @Override
    public Found<LaunchTemplate> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, LaunchTemplate wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<LaunchTemplate> observed, LaunchTemplate wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<LaunchTemplate> observed) {
        throw new UnsupportedOperationException();
    }
}
