package io.k8saws.internal.seam;

import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.CancelCommandRequest;
import software.amazon.awssdk.services.ssm.model.CancelCommandResponse;
import software.amazon.awssdk.services.ssm.model.GetCommandInvocationRequest;
import software.amazon.awssdk.services.ssm.model.GetCommandInvocationResponse;
import software.amazon.awssdk.services.ssm.model.GetParametersRequest;
import software.amazon.awssdk.services.ssm.model.GetParametersResponse;
import software.amazon.awssdk.services.ssm.model.SendCommandRequest;
import software.amazon.awssdk.services.ssm.model.SendCommandResponse;

/** Systems Manager's operations that the library uses. */
final class GuardedSsm extends GuardedClient<SsmClient> implements SsmClient {
    GuardedSsm(SsmClient aws, Guard guard, CallListener listener) {
        super(aws, "ssm", guard, listener);
    }

    @Override
    public CancelCommandResponse cancelCommand(CancelCommandRequest request) {
        return send(request, aws::cancelCommand);
    }

    @Override
    public GetCommandInvocationResponse getCommandInvocation(GetCommandInvocationRequest request) {
        return send(request, aws::getCommandInvocation);
    }

    @Override
    public GetParametersResponse getParameters(GetParametersRequest request) {
        return send(request, aws::getParameters);
    }

    @Override
    public SendCommandResponse sendCommand(SendCommandRequest request) {
        return send(request, aws::sendCommand);
    }
}
