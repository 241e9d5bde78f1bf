package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AttachedPermissionsBoundary;
import software.amazon.awssdk.services.iam.model.CreateRoleRequest;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.RoleDetail;

/** The role of a group of instances. Its id is its name; the output {@code arn} is what policies name. */
public final class IamRoles implements ResourceKind<IamRoles.IamRole> {
    /** The kind's name. */
    public static final String KIND = "iam-role";

    /**
     * The fields of this kind.
     *
     * @param trustPolicy who may assume the role, as a policy document
     * @param permissionsBoundary the ARN of the policy that bounds what the role may do
     * @param tags further tags
     */
    public record IamRole(
            String trustPolicy,
            Optional<String> permissionsBoundary,
            @Additive Map<String, String> tags) implements Attributes {
        /** Rewrites the document canonically. */
        public IamRole {
            trustPolicy = CanonicalJson.policy(trustPolicy);
            tags = Map.copyOf(tags);
        }
    }

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
        List<Observed<IamRole>> found = new ArrayList<>();
        List<Foreign> foreign = new ArrayList<>();
        for (RoleDetail role : IamAccount.roles(reading)) {
            Optional<ResourceAddress> address = IamAccount.address(reading.scope(), role);
            if (address.isEmpty()) {
                foreign.add(new Foreign(
                        new ResourceAddress(KIND, role.roleName()),
                        "role " + role.arn() + " under the cluster's path",
                        "unknown"));
                continue;
            }
            found.add(observed(reading.scope(), address.get(), role));
            role.attachedManagedPolicies()
                    .forEach(policy -> foreign.add(
                            new Foreign(address.get(), "attached policy " + policy.policyArn(), "unknown")));
        }
        return new Found<>(found, foreign);
    }

    private static Observed<IamRole> observed(ClusterScope scope, ResourceAddress address, RoleDetail role) {
        IamRole attributes = new IamRole(
                CanonicalJson.receivedPolicy(role.assumeRolePolicyDocument()),
                Optional.ofNullable(role.permissionsBoundary())
                        .map(AttachedPermissionsBoundary::permissionsBoundaryArn),
                scope.ownTags(IamAccount.map(role.tags())));
        return new Observed<>(
                address, role.roleName(), outputs(role.roleName(), role.arn()), attributes, Observed.Origin.OURS);
    }

    @Override
    public Made create(Step step, IamRole wanted) {
        String name = step.scope().iamName(step.address().name());
        CreateRoleRequest.Builder request = CreateRoleRequest.builder()
                .path(step.scope().iamPath())
                .roleName(name)
                .assumeRolePolicyDocument(wanted.trustPolicy())
                .tags(IamAccount.list(step.tags(wanted.tags())));
        wanted.permissionsBoundary().ifPresent(request::permissionsBoundary);
        try {
            Role made = step.aws().iam().createRole(request.build()).role();
            return new Made(name, outputs(name, made.arn()));
        } catch (AwsCallException e) {
            if (!Answers.alreadyThere(e)) {
                throw e;
            }
            return adopt(step, name, e);
        }
    }

    private static Made adopt(Step step, String name, AwsCallException refusal) {
        Role role = step.aws().iam().getRole(r -> r.roleName(name)).role();
        boolean ours = role.path().equals(step.scope().iamPath())
                && step.scope()
                        .addressIn(IamAccount.map(role.tags()))
                        .filter(step.address()::equals)
                        .isPresent();
        if (!ours) {
            throw Answers.taken(step, "the role name " + name, role.arn(), refusal);
        }
        return new Made(name, outputs(name, role.arn()));
    }

    @Override
    public Made update(Step step, Observed<IamRole> observed, IamRole wanted, Set<String> fields) {
        IamClient iam = step.aws().iam();
        String name = observed.id();
        if (fields.contains("trustPolicy")) {
            iam.updateAssumeRolePolicy(r -> r.roleName(name).policyDocument(wanted.trustPolicy()));
        }
        if (fields.contains("permissionsBoundary")) {
            if (wanted.permissionsBoundary().isPresent()) {
                iam.putRolePermissionsBoundary(r -> r.roleName(name)
                        .permissionsBoundary(wanted.permissionsBoundary().get()));
            } else {
                iam.deleteRolePermissionsBoundary(r -> r.roleName(name));
            }
        }
        convergeTags(iam, observed, wanted, fields);
        return new Made(name, observed.outputs());
    }

    private static void convergeTags(IamClient iam, Observed<IamRole> observed, IamRole wanted, Set<String> fields) {
        Map<String, String> put = new TreeMap<>(wanted.tags());
        put.keySet().removeIf(key -> !fields.contains("tags[" + key + "]"));
        List<String> removed = observed.attributes().tags().keySet().stream()
                .filter(key -> !wanted.tags().containsKey(key) && fields.contains("tags[" + key + "]"))
                .toList();
        if (!put.isEmpty()) {
            iam.tagRole(r -> r.roleName(observed.id()).tags(IamAccount.list(put)));
        }
        if (!removed.isEmpty()) {
            iam.untagRole(r -> r.roleName(observed.id()).tagKeys(removed));
        }
    }

    /** What others put on the role goes with it: IAM does not delete a role that still has policies or profiles. */
    @Override
    public void delete(Step step, Observed<IamRole> observed) {
        IamClient iam = step.aws().iam();
        String name = observed.id();
        try {
            try {
                iam.deleteRole(r -> r.roleName(name));
            } catch (AwsCallException e) {
                if (!e.code().equals("DeleteConflict")) {
                    throw e;
                }
                strip(iam, name);
                iam.deleteRole(r -> r.roleName(name));
            }
        } catch (AwsCallException e) {
            if (!Answers.notThere(e)) {
                throw e;
            }
        }
    }

    private static void strip(IamClient iam, String name) {
        List<String> inline = iam.listRolePoliciesPaginator(r -> r.roleName(name)).policyNames().stream()
                .toList();
        inline.forEach(policy -> iam.deleteRolePolicy(r -> r.roleName(name).policyName(policy)));
        List<String> attached = iam.listAttachedRolePoliciesPaginator(r -> r.roleName(name)).attachedPolicies().stream()
                .map(policy -> policy.policyArn())
                .toList();
        attached.forEach(policy -> iam.detachRolePolicy(r -> r.roleName(name).policyArn(policy)));
        List<String> profiles =
                iam.listInstanceProfilesForRolePaginator(r -> r.roleName(name)).instanceProfiles().stream()
                        .map(profile -> profile.instanceProfileName())
                        .toList();
        profiles.forEach(profile -> iam.removeRoleFromInstanceProfile(
                r -> r.instanceProfileName(profile).roleName(name)));
    }

    private static Map<String, String> outputs(String name, String arn) {
        return Map.of("name", name, "arn", arn);
    }
}
