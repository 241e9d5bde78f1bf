package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Disruptive;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.Role;

/**
 * The profile that gives a role to instances. Its id is its name. IAM does not list the tags of profiles, so the cluster's path tells that a profile is ours, its
 * name tells the address, and one call a profile tells its tags.
 */
public final class InstanceProfiles implements ResourceKind<InstanceProfiles.InstanceProfile> {
    /** The kind's name. */
    public static final String KIND = "instance-profile";

    /**
     * The fields of this kind.
     *
     * @param role the role's name, which is its id; empty only as long as a profile is half made
     * @param tags further tags
     */
    public record InstanceProfile(
            @Disruptive Optional<Ref> role, @Additive Map<String, String> tags) implements Attributes {
        /** Copies the tags. */
        public InstanceProfile {
            tags = Map.copyOf(tags);
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
        List<Observed<InstanceProfile>> found = new ArrayList<>();
        for (var profile : reading.aws()
                .iam()
                .listInstanceProfilesPaginator(r -> r.pathPrefix(path).maxItems(1000))
                .instanceProfiles()) {
            if (profile.path().equals(path)) {
                Map<String, String> tags = tags(reading, profile.instanceProfileName());
                Optional<Ref> role = profile.roles().stream()
                        .map(Role::roleName)
                        .map(Ref::id)
                        .findFirst();
                found.add(new Observed<>(
                        address(reading, profile.instanceProfileName()),
                        profile.instanceProfileName(),
                        outputs(profile.instanceProfileName(), profile.arn()),
                        new InstanceProfile(role, reading.scope().ownTags(tags)),
                        Observed.Origin.OURS));
            }
        }
        return Found.of(found);
    }

    /** The tags; none when the profile has gone meanwhile, which the next look shows. */
    private static Map<String, String> tags(Reading reading, String name) {
        return Missing.orEmpty(Set.of("NoSuchEntity"), () -> reading.aws()
                        .iam()
                        .getInstanceProfile(r -> r.instanceProfileName(name))
                        .instanceProfile()
                        .tags())
                .map(IamAccount::map)
                .orElseGet(Map::of);
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
                            r -> r.instanceProfileName(name).path(path).tags(IamAccount.list(step.tags(wanted.tags()))))
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
        convergeTags(step, observed.id(), TagChange.of(step, wanted.tags(), fields));
        converge(
                step.aws().iam(),
                observed.id(),
                observed.attributes().role().map(step::value),
                wanted.role().map(step::value));
        return new Made(observed.id(), observed.outputs());
    }

    private static void convergeTags(Step step, String name, TagChange change) {
        IamClient iam = step.aws().iam();
        if (!change.set().isEmpty()) {
            iam.tagInstanceProfile(r -> r.instanceProfileName(name).tags(IamAccount.list(change.set())));
        }
        if (!change.removed().isEmpty()) {
            iam.untagInstanceProfile(r -> r.instanceProfileName(name).tagKeys(change.removed()));
        }
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
