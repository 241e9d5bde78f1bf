package io.k8saws.internal.seam;

import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DecryptRequest;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyRequest;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;

/** The Key Management Service's operations that the library uses. */
final class GuardedKms extends GuardedClient<KmsClient> implements KmsClient {
    GuardedKms(KmsClient aws, Guard guard, CallListener listener) {
        super(aws, "kms", guard, listener);
    }

    @Override
    public DecryptResponse decrypt(DecryptRequest request) {
        return send(request, aws::decrypt);
    }

    @Override
    public GenerateDataKeyResponse generateDataKey(GenerateDataKeyRequest request) {
        return send(request, aws::generateDataKey);
    }
}
