package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Fields;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.SeenClosely;
import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.CreateLaunchTemplateRequest;
import software.amazon.awssdk.services.ec2.model.CreateLaunchTemplateVersionRequest;
import software.amazon.awssdk.services.ec2.model.DescribeLaunchTemplateVersionsRequest;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;
import software.amazon.awssdk.services.ec2.model.ResourceType;

/**
 * What an instance is made of; each change is a new version, and the default version is the one that counts. A version only becomes the default after it was
 * written whole, so an update that was cut off between the two is seen as not done.
 *
 * <p>EC2 tells the data of all templates in one call, but not their tags. So the data carry them: on instances {@link #GROUP_TAG} and the owner (that is how a
 * template is recognised, together with its name), on their disks and network interfaces the template's own tags. Only a close look compares these with the
 * tags that the template really has.
 */
public final class LaunchTemplates implements ResourceKind<LaunchTemplates.LaunchTemplate> {
    /** The kind's name. */
    public static final String KIND = "launch-template";

    /** The tag that tells to which launch template and group an instance belongs, by the name that both have in addresses. */
    public static final String GROUP_TAG = "k8saws.io/group";

    /** The output that holds the number of the default version. */
    public static final String VERSION = "version";

    private static final int NAME_LIMIT = 128;
    private static final int KEPT_VERSIONS = 5;
    private static final int PRUNED_AT_ONCE = 20;

    /** The most values that EC2 takes in a filter. */
    private static final int FILTER_VALUES = 200;

    /**
     * The fields of this kind.
     *
     * @param image the id of the image
     * @param instanceType the instance type, unless the group mixes several
     * @param keyPair the name of the key pair, which is its id
     * @param instanceProfile the profile's name, which is its id, or its ARN
     * @param securityGroups the ids of the security groups
     * @param publicIp whether instances get a public address
     * @param userData what an instance reads at its first start, as plain text
     * @param rootVolume the root disk
     * @param metadata the instance metadata service
     * @param instanceTags further tags of the instances
     * @param tags further tags of the template, and of the disks and network interfaces of its instances
     * @param otherSettings what is set besides, or otherwise than in all of our templates
     * @param alteredTags what the template has instead of a tag that was set, by the tag's key
     */
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
            @Additive Map<String, String> tags,
            Set<String> otherSettings,
            @SeenClosely Map<String, String> alteredTags)
            implements Attributes {
        /** Copies the collections. */
        public LaunchTemplate {
            securityGroups = Set.copyOf(securityGroups);
            instanceTags = Map.copyOf(instanceTags);
            tags = Map.copyOf(tags);
            otherSettings = Set.copyOf(otherSettings);
            alteredTags = Map.copyOf(alteredTags);
        }

        /** A template of which nobody has altered anything by hand. */
        public LaunchTemplate(
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
                Map<String, String> tags) {
            this(
                    image,
                    instanceType,
                    keyPair,
                    instanceProfile,
                    securityGroups,
                    publicIp,
                    userData,
                    rootVolume,
                    metadata,
                    instanceTags,
                    tags,
                    Set.of(),
                    Map.of());
        }

        LaunchTemplate withAlteredTags(Map<String, String> altered) {
            return new LaunchTemplate(
                    image,
                    instanceType,
                    keyPair,
                    instanceProfile,
                    securityGroups,
                    publicIp,
                    userData,
                    rootVolume,
                    metadata,
                    instanceTags,
                    tags,
                    otherSettings,
                    altered);
        }
    }

    /**
     * The root disk of an instance; always encrypted, and deleted with its instance.
     *
     * @param device the device name
     * @param type the EBS volume type
     * @param sizeGib the size in GiB
     * @param iops provisioned IOPS; AWS's default when empty
     * @param throughputMibps throughput in MiB/s; AWS's default when empty
     * @param kmsKey the key to encrypt with; the account's default key when empty
     */
    public record RootVolume(
            String device,
            String type,
            int sizeGib,
            Optional<Integer> iops,
            Optional<Integer> throughputMibps,
            Optional<String> kmsKey) {
        /** Makes AWS's defaults explicit. */
        public RootVolume {
            iops = Volumes.iops(type, iops);
            throughputMibps = Volumes.throughput(type, throughputMibps);
        }
    }

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
        List<Observed<LaunchTemplate>> found = new ArrayList<>();
        for (LaunchTemplateVersion version : reading.aws()
                .ec2()
                .describeLaunchTemplateVersionsPaginator(DescribeLaunchTemplateVersionsRequest.builder()
                        .versions("$Default")
                        .maxResults(200)
                        .build())
                .launchTemplateVersions()) {
            address(reading.scope(), version)
                    .ifPresent(address -> found.add(observed(reading.scope(), address, version)));
        }
        return Found.of(closely(reading, found));
    }

    /** Compares the templates' own tags, which the versions do not tell, as far as the look is a close one: one call for 200 templates. */
    private static List<Observed<LaunchTemplate>> closely(Reading reading, List<Observed<LaunchTemplate>> told) {
        List<String> names = told.stream()
                .filter(template -> reading.closely(template.address()))
                .flatMap(template -> template.output("name").stream())
                .toList();
        Map<String, Map<String, String>> tags = new HashMap<>();
        for (int from = 0; from < names.size(); from += FILTER_VALUES) {
            List<String> some = names.subList(from, Math.min(names.size(), from + FILTER_VALUES));
            reading.aws()
                    .ec2()
                    .describeLaunchTemplatesPaginator(r -> r.filters(Filter.builder()
                                    .name("launch-template-name")
                                    .values(some)
                                    .build())
                            .maxResults(200))
                    .launchTemplates()
                    .forEach(template -> tags.put(template.launchTemplateId(), Ec2Tags.map(template.tags())));
        }
        return told.stream()
                .map(template -> Optional.ofNullable(tags.get(template.id()))
                        .map(present -> withAlteredTags(reading.scope(), template, present))
                        .orElse(template))
                .toList();
    }

    private static Observed<LaunchTemplate> withAlteredTags(
            ClusterScope scope, Observed<LaunchTemplate> told, Map<String, String> present) {
        Map<String, String> set = scope.tagsOf(told.address(), told.attributes().tags());
        return new Observed<>(
                told.address(),
                told.id(),
                told.outputs(),
                told.attributes().withAlteredTags(AlteredTags.of(set, present)),
                told.origin());
    }

    private static Optional<ResourceAddress> address(ClusterScope scope, LaunchTemplateVersion version) {
        return LaunchTemplateContent.group(scope, version.launchTemplateData())
                .filter(group -> scope.qualified(group, NAME_LIMIT).equals(version.launchTemplateName()))
                .map(group -> new ResourceAddress(KIND, group));
    }

    private static Observed<LaunchTemplate> observed(
            ClusterScope scope, ResourceAddress address, LaunchTemplateVersion version) {
        return new Observed<>(
                address,
                version.launchTemplateId(),
                outputs(version.launchTemplateName(), version.versionNumber()),
                LaunchTemplateContent.parsed(scope, address.name(), version.launchTemplateData()),
                Observed.Origin.OURS);
    }

    @Override
    public Made create(Step step, LaunchTemplate wanted) {
        String name = step.scope().qualified(step.address().name(), NAME_LIMIT);
        try {
            var made = step.aws()
                    .ec2()
                    .createLaunchTemplate(CreateLaunchTemplateRequest.builder()
                            .launchTemplateName(name)
                            .clientToken(step.token())
                            .launchTemplateData(LaunchTemplateContent.of(step, wanted))
                            .tagSpecifications(
                                    Ec2Tags.specification(ResourceType.LAUNCH_TEMPLATE, step.tags(wanted.tags())))
                            .build())
                    .launchTemplate();
            return new Made(made.launchTemplateId(), outputs(name, made.defaultVersionNumber()));
        } catch (AwsCallException e) {
            if (!Answers.alreadyThere(e)) {
                throw e;
            }
            return adopt(step, name, wanted, e);
        }
    }

    /** A template that is ours by its own tags although its data did not tell so: whoever changed the data by hand took the tags out of them. */
    private static Made adopt(Step step, String name, LaunchTemplate wanted, AwsCallException refusal) {
        Ec2Client ec2 = step.aws().ec2();
        var template = ec2.describeLaunchTemplates(r -> r.launchTemplateNames(name)).launchTemplates().stream()
                .findFirst()
                .orElseThrow(() -> refusal);
        boolean ours = step.scope()
                .addressIn(Ec2Tags.map(template.tags()))
                .filter(step.address()::equals)
                .isPresent();
        if (!ours) {
            throw Answers.taken(step, "the launch template name " + name, template.launchTemplateId(), refusal);
        }
        String id = template.launchTemplateId();
        var versions = ec2.describeLaunchTemplateVersions(
                        r -> r.launchTemplateId(id).versions("$Default"))
                .launchTemplateVersions();
        for (LaunchTemplateVersion version : versions) {
            boolean same = address(step.scope(), version)
                    .map(address ->
                            flat(step, observed(step.scope(), address, version).attributes()))
                    .equals(Optional.of(flat(step, wanted)));
            if (same) {
                return new Made(id, outputs(name, version.versionNumber()));
            }
        }
        return newVersion(step, id, name, wanted);
    }

    private static Map<String, String> flat(Step step, LaunchTemplate template) {
        return Fields.flat(template, step::value);
    }

    @Override
    public Made update(Step step, Observed<LaunchTemplate> observed, LaunchTemplate wanted, Set<String> fields) {
        Ec2Tags.converge(
                step,
                observed.id(),
                observed.attributes().tags(),
                wanted.tags(),
                AlteredTags.asTags(fields, wanted.tags()));
        if (AlteredTags.only(fields)) {
            return new Made(observed.id(), observed.outputs());
        }
        String name = step.scope().qualified(step.address().name(), NAME_LIMIT);
        return newVersion(step, observed.id(), name, wanted);
    }

    private static Made newVersion(Step step, String id, String name, LaunchTemplate wanted) {
        Ec2Client ec2 = step.aws().ec2();
        long number = ec2.createLaunchTemplateVersion(CreateLaunchTemplateVersionRequest.builder()
                        .launchTemplateId(id)
                        .clientToken(step.token())
                        .launchTemplateData(LaunchTemplateContent.of(step, wanted))
                        .build())
                .launchTemplateVersion()
                .versionNumber();
        List<String> old = IntStream.rangeClosed(1, PRUNED_AT_ONCE)
                .mapToLong(back -> number - KEPT_VERSIONS - PRUNED_AT_ONCE + back)
                .filter(version -> version > 0)
                .mapToObj(String::valueOf)
                .toList();
        ec2.modifyLaunchTemplate(r -> r.launchTemplateId(id).defaultVersion(String.valueOf(number)));
        if (!old.isEmpty()) {
            // those that are gone already are reported in the answer, not as an error
            ec2.deleteLaunchTemplateVersions(r -> r.launchTemplateId(id).versions(old));
        }
        return new Made(id, outputs(name, number));
    }

    @Override
    public void delete(Step step, Observed<LaunchTemplate> observed) {
        try {
            step.aws().ec2().deleteLaunchTemplate(r -> r.launchTemplateId(observed.id()));
        } catch (AwsCallException e) {
            if (!Answers.notThere(e)) {
                throw e;
            }
        }
    }

    /** Every change is a new version, but for that of the template's own tags. */
    @Override
    public Set<String> outputsChangedBy(Set<String> fields) {
        return AlteredTags.only(fields) ? Set.of() : Set.of(VERSION);
    }

    private static Map<String, String> outputs(String name, Long version) {
        return Map.of("name", name, VERSION, String.valueOf(version));
    }
}
