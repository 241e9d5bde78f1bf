package io.k8saws.etcd.envelope;

import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;

/** A key of KMS. The context is KMS's encryption context, so that CloudTrail shows which backup a key was asked for. */
final class KmsMasterKey implements MasterKey {
    private final GuardedClients clients;
    private final String keyId;

    KmsMasterKey(AwsAccess access, String keyId) {
        this.clients = GuardedClients.open(
                access,
                access.endpoint().isPresent() ? ResiliencePolicy.defaults().forEmulator() : ResiliencePolicy.defaults(),
                Sleeper.system());
        this.keyId = keyId;
    }

    @Override
    public DataKey newDataKey(Map<String, String> context) {
        GenerateDataKeyResponse answer = clients.kms()
                .generateDataKey(request ->
                        request.keyId(keyId).keySpec(DataKeySpec.AES_256).encryptionContext(context));
        return new DataKey(
                answer.keyId(),
                answer.plaintext().asByteArrayUnsafe(),
                answer.ciphertextBlob().asByteArrayUnsafe());
    }

    /** KMS knows the key by what it encrypted; that it is the one that the header names is asked for, so that nobody can slip in another. */
    @Override
    public DataKey open(String otherId, byte[] encrypted, Map<String, String> context) {
        DecryptResponse answer = clients.kms().decrypt(request -> request.keyId(otherId)
                .ciphertextBlob(SdkBytes.fromByteArray(encrypted))
                .encryptionContext(context));
        return new DataKey(otherId, answer.plaintext().asByteArrayUnsafe(), encrypted);
    }

    @Override
    public void close() {
        clients.close();
    }

    @Override
    public String toString() {
        return "MasterKey[KMS " + keyId + "]";
    }
}
