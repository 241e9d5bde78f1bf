package io.k8saws.internal.seam;

import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.AssumeRoleResponse;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityRequest;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

/** STS's operations that the library uses. */
final class GuardedSts extends GuardedClient<StsClient> implements StsClient {
    GuardedSts(StsClient aws, Guard guard, CallListener listener) {
        super(aws, "sts", guard, listener);
    }

    @Override
    public AssumeRoleResponse assumeRole(AssumeRoleRequest request) {
        return send(request, aws::assumeRole);
    }

    @Override
    public GetCallerIdentityResponse getCallerIdentity(GetCallerIdentityRequest request) {
        return send(request, aws::getCallerIdentity);
    }
}
