package io.k8saws.etcd.envelope;

import io.k8saws.error.K8sAwsException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Encrypts data keys by AES-256-GCM: 12 random bytes, the key, 16 bytes of tag; the context is authenticated. */
final class OwnMasterKey implements MasterKey {
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;

    private final String keyId;
    private final byte[] key;
    private final SecureRandom random = new SecureRandom();

    OwnMasterKey(String keyId, byte[] key) {
        if (key.length != DataKey.BYTES || keyId.isBlank()) {
            throw new IllegalArgumentException("A master key needs a name and 32 bytes; it has " + key.length + ".");
        }
        this.keyId = keyId;
        this.key = key.clone();
    }

    @Override
    public DataKey newDataKey(Map<String, String> context) {
        byte[] plain = new byte[DataKey.BYTES];
        byte[] nonce = new byte[NONCE];
        random.nextBytes(plain);
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, context).doFinal(plain);
            byte[] encrypted = Arrays.copyOf(nonce, NONCE + sealed.length);
            System.arraycopy(sealed, 0, encrypted, NONCE, sealed.length);
            return new DataKey(keyId, plain, encrypted);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has AES-GCM.", e);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    @Override
    public DataKey open(String otherId, byte[] encrypted, Map<String, String> context) {
        if (!otherId.equals(keyId)) {
            throw refused("it was made with key " + otherId + ", this is key " + keyId, null);
        }
        if (encrypted.length <= NONCE) {
            throw refused("its encrypted form has " + encrypted.length + " bytes", null);
        }
        try {
            byte[] plain = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(encrypted, NONCE), context)
                    .doFinal(encrypted, NONCE, encrypted.length - NONCE);
            return new DataKey(keyId, plain, encrypted);
        } catch (AEADBadTagException e) {
            throw refused("this is another key of the name " + keyId + ", or the backup's header is damaged", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has AES-GCM.", e);
        }
    }

    private static K8sAwsException refused(String why, @org.jspecify.annotations.Nullable Throwable cause) {
        return new K8sAwsException(
                "Open the data key of a backup",
                why,
                "give the master key that the backup was made with",
                Map.of(),
                cause);
    }

    private Cipher cipher(int mode, byte[] nonce, Map<String, String> context) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(authenticated(context));
        return cipher;
    }

    /** Each name and value with its length before it: no two contexts have the same bytes. */
    static byte[] authenticated(Map<String, String> context) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new TreeMap<>(context).forEach((name, value) -> List.of(name, value).forEach(text -> {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.writeBytes(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
            out.writeBytes(bytes);
        }));
        return out.toByteArray();
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "MasterKey[" + keyId + "]";
    }
}
