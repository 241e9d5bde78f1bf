package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.iam.model.PolicyDetail;
import software.amazon.awssdk.services.iam.model.RoleDetail;

/** What a role may do, as one inline policy. Inline policies have no tags: the policy's name, {@code k8saws.<name>}, tells that it is ours and its address. */
public final class IamRolePolicies implements ResourceKind<IamRolePolicies.IamRolePolicy> {
    /** The kind's name. */
    public static final String KIND = "iam-role-policy";

    private static final String PREFIX = "k8saws.";

    /**
     * The fields of this kind.
     *
     * @param role the role's name, which is its id
     * @param document the policy document
     */
    public record IamRolePolicy(@ReplaceOnChange Ref role, String document) implements Attributes {
        /** Rewrites the document canonically. */
        public IamRolePolicy {
            document = CanonicalJson.policy(document);
        }
    }

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
        List<Observed<IamRolePolicy>> found = new ArrayList<>();
        List<Foreign> foreign = new ArrayList<>();
        for (RoleDetail role : IamAccount.roles(reading)) {
            IamAccount.address(reading.scope(), role).ifPresent(address -> {
                for (PolicyDetail policy : role.rolePolicyList()) {
                    if (policy.policyName().length() > PREFIX.length()
                            && policy.policyName().startsWith(PREFIX)) {
                        found.add(observed(role, policy));
                    } else {
                        foreign.add(new Foreign(address, "inline policy " + policy.policyName(), "unknown"));
                    }
                }
            });
        }
        return new Found<>(found, foreign);
    }

    private static Observed<IamRolePolicy> observed(RoleDetail role, PolicyDetail policy) {
        return new Observed<>(
                new ResourceAddress(KIND, policy.policyName().substring(PREFIX.length())),
                id(role.roleName(), policy.policyName()),
                Map.of(),
                new IamRolePolicy(Ref.id(role.roleName()), CanonicalJson.receivedPolicy(policy.policyDocument())),
                Observed.Origin.OURS);
    }

    @Override
    public Made create(Step step, IamRolePolicy wanted) {
        String role = step.value(wanted.role());
        String policy = PREFIX + step.address().name();
        step.aws().iam().putRolePolicy(r -> r.roleName(role).policyName(policy).policyDocument(wanted.document()));
        return Made.id(id(role, policy));
    }

    @Override
    public Made update(Step step, Observed<IamRolePolicy> observed, IamRolePolicy wanted, Set<String> fields) {
        return create(step, wanted);
    }

    @Override
    public void delete(Step step, Observed<IamRolePolicy> observed) {
        String role = step.value(observed.attributes().role());
        String policy = PREFIX + observed.address().name();
        try {
            step.aws().iam().deleteRolePolicy(r -> r.roleName(role).policyName(policy));
        } catch (AwsCallException e) {
            if (!Answers.notThere(e)) {
                throw e;
            }
        }
    }

    private static String id(String role, String policy) {
        return role + "/" + policy;
    }
}
