package io.k8saws.testkit;

import java.time.Instant;

/**
 * What the metadata service hands out for an instance's role.
 *
 * @param accessKeyId the key's id
 * @param secretAccessKey the key
 * @param sessionToken the token that goes with it
 * @param expiration when it runs out
 */
public record RoleCredentials(String accessKeyId, String secretAccessKey, String sessionToken, Instant expiration) {
    /** Names the key, never the secrets. */
    @Override
    public String toString() {
        return "RoleCredentials[" + accessKeyId + ", until " + expiration + "]";
    }
}
