package io.k8saws.etcd.envelope;

import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;

/** A key of KMS. The context is KMS's encryption context, so that CloudTrail shows which backup a key was asked for. */
final class KmsMasterKey implements MasterKey {
    private static final String ANOTHER_KEY = "IncorrectKeyException";

    private final GuardedClients clients;
    private final String keyId;
    private final Set<String> earlierKeys;

    KmsMasterKey(AwsAccess access, String keyId, Set<String> earlierKeys) {
        this.clients = GuardedClients.open(
                access,
                access.endpoint().isPresent() ? ResiliencePolicy.defaults().forEmulator() : ResiliencePolicy.defaults(),
                Sleeper.system());
        this.keyId = keyId;
        this.earlierKeys = Set.copyOf(earlierKeys);
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

    /**
     * KMS knows the key by what it encrypted, and refuses when another one is asked for. Which one is asked for must not be the word of the header: whoever may write to the store writes headers, too.
     */
    @Override
    public DataKey open(String otherId, byte[] encrypted, Map<String, String> context) {
        String asked = earlierKeys.contains(otherId) ? otherId : keyId;
        DecryptResponse answer;
        try {
            answer = clients.kms().decrypt(request -> request.keyId(asked)
                    .ciphertextBlob(SdkBytes.fromByteArray(encrypted))
                    .encryptionContext(context));
        } catch (AwsCallException e) {
            // without the right to the key that encrypted, KMS answers that access is denied, and names none
            boolean another = e.code().equals(ANOTHER_KEY)
                    || e instanceof AccessDeniedException && !KmsKeyNames.same(asked, otherId);
            throw another ? another(otherId, e) : e;
        }
        if (!KmsKeyNames.same(asked, answer.keyId())) {
            throw another(otherId, null);
        }
        return new DataKey(answer.keyId(), answer.plaintext().asByteArrayUnsafe(), encrypted);
    }

    private K8sAwsException another(String otherId, @Nullable AwsCallException cause) {
        return new K8sAwsException(
                "Open the data key of a backup",
                "it was made with KMS key " + otherId + ", this is key " + keyId,
                "if you trust that key, name its ARN among the earlier keys",
                Map.of("key", keyId),
                cause);
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
