package io.k8saws.testkit;

import io.k8saws.aws.AwsAccess;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3BaseClientBuilder;

/**
 * A reachable AWS endpoint with everything that a client needs to use it.
 *
 * <p>Get one from {@link Testbed#moto()}, or as a parameter of a test with {@link AwsEmulator}. Who gets it from {@code Testbed} closes it;
 * the extension closes what it hands out.
 *
 * <p>Thread-safe.
 */
public final class AwsEndpoint implements AutoCloseable {
    private final URI uri;
    private final String region;
    private final String accessKeyId;
    private final String secretAccessKey;
    private final Runnable onReset;
    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    AwsEndpoint(
            URI uri, String region, String accessKeyId, String secretAccessKey, Runnable onReset, Runnable onClose) {
        this.uri = uri;
        this.region = region;
        this.accessKeyId = accessKeyId;
        this.secretAccessKey = secretAccessKey;
        this.onReset = onReset;
        this.onClose = onClose;
    }

    /**
     * Where the endpoint answers, for every service.
     *
     * @return for example {@code http://127.0.0.1:15003}
     */
    public URI uri() {
        return uri;
    }

    /**
     * The region to use.
     *
     * @return {@code us-east-1}, or {@code AWS_REGION} when the endpoint comes from the environment
     */
    public String region() {
        return region;
    }

    /**
     * The access key id to use.
     *
     * @return a made-up one for an emulator, or {@code AWS_ACCESS_KEY_ID} when the endpoint comes from the environment
     */
    public String accessKeyId() {
        return accessKeyId;
    }

    /**
     * The secret access key to use.
     *
     * @return a made-up one for an emulator, or {@code AWS_SECRET_ACCESS_KEY} when the endpoint comes from the environment
     */
    public String secretAccessKey() {
        return secretAccessKey;
    }

    /**
     * The same key pair in the SDK's form.
     *
     * @return fixed credentials
     */
    public AwsCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKeyId, secretAccessKey));
    }

    /**
     * The same endpoint, region and credentials in the library's form.
     *
     * @return what {@code K8sAws.connect} takes
     */
    public AwsAccess access() {
        return access(region);
    }

    /**
     * The same endpoint and credentials in the library's form, in another region; emulators have all regions.
     *
     * @param region for example {@code eu-west-1}
     * @return what {@code K8sAws.connect} takes
     */
    public AwsAccess access(String region) {
        return AwsAccess.builder()
                .region(region)
                .endpoint(uri)
                .credentials(credentials())
                .build();
    }

    /**
     * The same endpoint, region and credentials in the library's form, over an HTTP client such as one with faults.
     *
     * @param http the client; it stays the caller's
     * @return what {@code K8sAws.connect} takes
     */
    public AwsAccess access(SdkHttpClient http) {
        return AwsAccess.builder()
                .region(region)
                .endpoint(uri)
                .credentials(credentials())
                .httpClient(http)
                .build();
    }

    /**
     * Points the builder of an SDK client at this endpoint: endpoint, region, credentials, and path-style addresses for S3.
     *
     * @param builder the builder of any service
     * @param <B> its type
     * @return the same builder
     */
    public <B extends AwsClientBuilder<B, ?>> B configure(B builder) {
        builder.endpointOverride(uri).region(Region.of(region)).credentialsProvider(credentials());
        if (builder instanceof S3BaseClientBuilder<?, ?> s3) {
            // A bucket in the host name does not resolve on a loopback address.
            s3.forcePathStyle(true);
        }
        return builder;
    }

    /**
     * Forgets everything that was made at this endpoint, in all accounts and regions. Everybody who shares the endpoint loses it; take
     * {@code @AwsEmulator(shared = false)} for a test that resets while others run. moto takes some milliseconds; LocalStack is started anew at
     * the same address, which takes some seconds.
     *
     * @throws TestbedException if the endpoint is neither moto nor a LocalStack that the testbed has started. A real account is never reset
     */
    public void reset() {
        onReset.run();
    }

    /**
     * Starts an emulator that has everything that this one has at this moment, at an address of its own. Neither sees what happens to the other. Takes some
     * milliseconds, whatever was made before: a test prepares an account once and then starts from it as often as it wants.
     *
     * @return a copy to close; it ends with this emulator at the latest
     * @throws TestbedException if the endpoint is not a moto that {@code testbed/install} has installed
     */
    public AwsEndpoint copy() {
        return Emulators.copy(this);
    }

    /**
     * Lets moto check signatures and IAM policies from now on, for everybody. Any made-up key was good before; now a call needs keys that the emulator has given out,
     * and a policy that allows it on each resource that it names. Conditions count where they ask for tags, {@code ec2:CreateAction},
     * {@code elasticloadbalancing:CreateAction} or {@code ec2:Attribute}; others are as if they were met in a statement that allows, and not met in one that denies. A
     * role can be taken on by whom its trust policy names; the new user counts as EC2, so that a {@link NodeFleet} can hand out the roles of instances. It stays so, also
     * after {@link #reset}: take an emulator of its own.
     *
     * @return the same endpoint with the keys of a new user who may do everything, for whoever prepares and looks; it ends with this one
     * @throws TestbedException if the endpoint is not moto
     */
    public AwsEndpoint enforcingIam() {
        return Emulators.enforcingIam(this);
    }

    /** Ends the emulator if it was started for this value alone; does nothing otherwise, and nothing when called again: another may have its port by then. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            onClose.run();
        }
    }

    /** The endpoint and the region; never the secret. */
    @Override
    public String toString() {
        return "AwsEndpoint[" + uri + ", " + region + "]";
    }

    /** The same endpoint with other keys, for somebody who must not end it. */
    AwsEndpoint withKeys(String otherAccessKeyId, String otherSecretAccessKey) {
        return new AwsEndpoint(uri, region, otherAccessKeyId, otherSecretAccessKey, onReset, () -> {});
    }

    /** The same endpoint for somebody who must not end it. */
    AwsEndpoint shared() {
        return new AwsEndpoint(uri, region, accessKeyId, secretAccessKey, onReset, () -> {});
    }
}
