package io.k8saws.internal.seam;

import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.GetParametersRequest;
import software.amazon.awssdk.services.ssm.model.GetParametersResponse;

/** Systems Manager's operations that the library uses. */
final class GuardedSsm extends GuardedClient<SsmClient> implements SsmClient {
    GuardedSsm(SsmClient aws, Guard guard, CallListener listener) {
        super(aws, "ssm", guard, listener);
    }

    @Override
    public GetParametersResponse getParameters(GetParametersRequest request) {
        return send(request, aws::getParameters);
    }
}
