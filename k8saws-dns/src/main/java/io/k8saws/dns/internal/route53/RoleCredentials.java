package io.k8saws.dns.internal.route53;

import io.k8saws.dns.zone.ZoneRole;
import io.k8saws.internal.seam.AwsClients;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.Credentials;

/**
 * Credentials of a role, for an hour; anew when ten minutes of it are left. One hour is what every role allows, and the most for a role that assumes another one (IAM user guide, "Methods to assume a role"). Safe to use from many threads.
 */
final class RoleCredentials implements AwsCredentialsProvider {
    private static final Duration SESSION = Duration.ofHours(1);
    private static final Duration FRESH = Duration.ofMinutes(50);
    private static final String SESSION_NAME = "k8saws-dns";

    private final AwsClients own;
    private final ZoneRole role;
    private final LongSupplier nanoTime;

    // guarded by this
    private @Nullable AwsCredentials current;
    private long since;

    RoleCredentials(AwsClients own, ZoneRole role, LongSupplier nanoTime) {
        this.own = own;
        this.role = role;
        this.nanoTime = nanoTime;
    }

    @Override
    public synchronized AwsCredentials resolveCredentials() {
        long now = nanoTime.getAsLong();
        AwsCredentials known = current;
        if (known != null && now - since < FRESH.toNanos()) {
            return known;
        }
        AssumeRoleRequest.Builder request = AssumeRoleRequest.builder()
                .roleArn(role.arn())
                .roleSessionName(SESSION_NAME)
                .durationSeconds((int) SESSION.toSeconds());
        role.externalId().ifPresent(request::externalId);
        Credentials told = own.sts().assumeRole(request.build()).credentials();
        AwsCredentials made =
                AwsSessionCredentials.create(told.accessKeyId(), told.secretAccessKey(), told.sessionToken());
        current = made;
        since = now;
        return made;
    }

    /** The role; nothing of the credentials. */
    @Override
    public String toString() {
        return "credentials of " + role;
    }
}
