package io.k8saws.internal.resource;

import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.plan.ResourceAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.iam.model.EntityType;
import software.amazon.awssdk.services.iam.model.GetAccountAuthorizationDetailsRequest;
import software.amazon.awssdk.services.iam.model.RoleDetail;
import software.amazon.awssdk.services.iam.model.Tag;

/** The cluster's roles with all that hangs on them, read once for all kinds of IAM. */
final class IamAccount {
    private IamAccount() {}

    /** All roles under the cluster's path, with their policies, boundary and tags. */
    static List<RoleDetail> roles(Reading reading) {
        String path = reading.scope().iamPath();
        return reading.once("GetAccountAuthorizationDetails", () -> reading
                .aws()
                .iam()
                .getAccountAuthorizationDetailsPaginator(GetAccountAuthorizationDetailsRequest.builder()
                        .filter(EntityType.ROLE)
                        .maxItems(1000)
                        .build())
                .stream()
                .flatMap(page -> page.roleDetailList().stream())
                .filter(role -> role.path().equals(path))
                .toList());
    }

    /** The address that a role's tags give it; empty for a role under our path that we did not make. */
    static Optional<ResourceAddress> address(ClusterScope scope, RoleDetail role) {
        return scope.addressIn(map(role.tags()))
                .filter(address -> address.kind().equals(IamRoles.KIND));
    }

    static Map<String, String> map(Collection<Tag> tags) {
        Map<String, String> map = new TreeMap<>();
        tags.forEach(tag -> map.put(tag.key(), tag.value()));
        return map;
    }

    static List<Tag> list(Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(tag ->
                        Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }
}
