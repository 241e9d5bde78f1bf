package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Disruptive;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.SeenClosely;
import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.Role;

/**
 * The profile that gives a role to instances. Its id is its name. IAM does not list the tags of profiles, so the cluster's path tells that a profile is ours and
 * its name tells the address; only a close look compares the tags.
 */
public final class InstanceProfiles implements ResourceKind<InstanceProfiles.InstanceProfile> {
    /** The kind's name. */
    public static final String KIND = "instance-profile";

    /**
     * The fields of this kind.
     *
     * @param role the role's name, which is its id; empty only as long as a profile is half made
     * @param alteredTags what the profile has instead of a tag that was set, by the tag's key
     */
    public record InstanceProfile(
            @Disruptive Optional<Ref> role, @SeenClosely Map<String, String> alteredTags) implements Attributes {
        /** Copies the map. */
        public InstanceProfile {
            alteredTags = Map.copyOf(alteredTags);
        }

        /** A profile whose tags nobody has altered by hand. */
        public InstanceProfile(Optional<Ref> role) {
            this(role, Map.of());
        }
    }

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
        String path = reading.scope().iamPath();
        List<Supplier<Observed<InstanceProfile>>> found = new ArrayList<>();
        for (var profile : reading.aws()
                .iam()
                .listInstanceProfilesPaginator(r -> r.pathPrefix(path).maxItems(1000))
                .instanceProfiles()) {
            if (profile.path().equals(path)) {
                Optional<Ref> role = profile.roles().stream()
                        .map(Role::roleName)
                        .map(Ref::id)
                        .findFirst();
                String name = profile.instanceProfileName();
                ResourceAddress address = address(reading, name);
                Supplier<Optional<Map<String, String>>> altered =
                        reading.closely(address, () -> altered(reading, address, name));
                found.add(() -> new Observed<>(
                        address,
                        name,
                        outputs(name, profile.arn()),
                        new InstanceProfile(role, altered.get().orElse(Map.of())),
                        Observed.Origin.OURS));
            }
        }
        return Found.of(found.stream().map(Supplier::get).toList());
    }

    private static Optional<Map<String, String>> altered(Reading reading, ResourceAddress address, String name) {
        Map<String, String> set = reading.scope().tagsOf(address, Map.of());
        return Missing.orEmpty(
                Set.of("NoSuchEntity"),
                () ->
                        AlteredTags.of(
                                set,
                                IamAccount.map(reading
                                        .aws()
                                        .iam()
                                        .listInstanceProfileTagsPaginator(r -> r.instanceProfileName(name))
                                        .tags()
                                        .stream()
                                        .toList())));
    }

    /** A name that was cut cannot be read back; it is found among the roles, which have the same names as their profiles. */
    private static ResourceAddress address(Reading reading, String name) {
        ClusterScope scope = reading.scope();
        String suffix = "." + scope.cluster() + "." + scope.region();
        if (name.length() > suffix.length() && name.endsWith(suffix)) {
            return new ResourceAddress(KIND, name.substring(0, name.length() - suffix.length()));
        }
        return IamAccount.roles(reading).stream()
                .flatMap(role -> IamAccount.address(scope, role).stream())
                .map(ResourceAddress::name)
                .filter(role -> scope.iamName(role).equals(name))
                .findFirst()
                .map(role -> new ResourceAddress(KIND, role))
                .orElseGet(() -> new ResourceAddress(KIND, name));
    }

    @Override
    public Made create(Step step, InstanceProfile wanted) {
        IamClient iam = step.aws().iam();
        String name = step.scope().iamName(step.address().name());
        String path = step.scope().iamPath();
        String arn;
        Optional<String> attached = Optional.empty();
        try {
            arn = iam.createInstanceProfile(
                            r -> r.instanceProfileName(name).path(path).tags(IamAccount.list(step.tags(Map.of()))))
                    .instanceProfile()
                    .arn();
        } catch (AwsCallException e) {
            if (!Answers.alreadyThere(e)) {
                throw e;
            }
            var profile =
                    iam.getInstanceProfile(r -> r.instanceProfileName(name)).instanceProfile();
            if (!profile.path().equals(path)) {
                throw Answers.taken(step, "the instance profile name " + name, profile.arn(), e);
            }
            arn = profile.arn();
            attached = profile.roles().stream().map(Role::roleName).findFirst();
        }
        converge(iam, name, attached, wanted.role().map(step::value));
        return new Made(name, outputs(name, arn));
    }

    @Override
    public Made update(Step step, Observed<InstanceProfile> observed, InstanceProfile wanted, Set<String> fields) {
        converge(
                step.aws().iam(),
                observed.id(),
                observed.attributes().role().map(step::value),
                wanted.role().map(step::value));
        Map<String, String> tags = TagChange.of(step, Map.of(), AlteredTags.asTags(fields, Map.of()))
                .set();
        if (!tags.isEmpty()) {
            step.aws().iam().tagInstanceProfile(r -> r.instanceProfileName(observed.id())
                    .tags(IamAccount.list(tags)));
        }
        return new Made(observed.id(), observed.outputs());
    }

    /** A profile holds one role at most, so the old one goes first. */
    private static void converge(IamClient iam, String name, Optional<String> attached, Optional<String> wanted) {
        if (attached.equals(wanted)) {
            return;
        }
        attached.ifPresent(role -> remove(iam, name, role));
        wanted.ifPresent(role -> add(iam, name, role));
    }

    /** IAM refuses a second role, also when it is the one that an attempt whose answer was lost has put in. */
    private static void add(IamClient iam, String name, String role) {
        try {
            iam.addRoleToInstanceProfile(r -> r.instanceProfileName(name).roleName(role));
        } catch (AwsCallException e) {
            boolean there = e.code().equals("LimitExceeded")
                    && iam.getInstanceProfile(r -> r.instanceProfileName(name)).instanceProfile().roles().stream()
                            .anyMatch(attached -> attached.roleName().equals(role));
            if (!there) {
                throw e;
            }
        }
    }

    @Override
    public void delete(Step step, Observed<InstanceProfile> observed) {
        IamClient iam = step.aws().iam();
        observed.attributes().role().map(step::value).ifPresent(role -> remove(iam, observed.id(), role));
        try {
            iam.deleteInstanceProfile(r -> r.instanceProfileName(observed.id()));
        } catch (AwsCallException e) {
            if (!Answers.notThere(e)) {
                throw e;
            }
        }
    }

    private static void remove(IamClient iam, String name, String role) {
        try {
            iam.removeRoleFromInstanceProfile(r -> r.instanceProfileName(name).roleName(role));
        } catch (AwsCallException e) {
            if (!Answers.notThere(e)) {
                throw e;
            }
        }
    }

    private static Map<String, String> outputs(String name, String arn) {
        return Map.of("name", name, "arn", arn);
    }
}
