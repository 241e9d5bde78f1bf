package io.k8saws.aws;

import io.k8saws.telemetry.Telemetry;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;

/**
 * How AWS is reached: region, credentials, and for emulators and proxies an endpoint, an HTTP client or a change to each client's builder. Immutable; holds no
 * connection, prints no secret.
 */
public final class AwsAccess {
    private final String region;
    private final Optional<URI> endpoint;
    private final Optional<URI> machineEndpoint;
    private final AwsCredentialsProvider credentials;
    private final Optional<SdkHttpClient> httpClient;
    private final Consumer<AwsClientBuilder<?, ?>> customizer;
    private final Telemetry telemetry;

    private AwsAccess(Builder builder) {
        if (builder.region == null || builder.region.isBlank()) {
            throw new IllegalArgumentException("AWS access needs a region, for example eu-west-1.");
        }
        this.region = builder.region;
        this.endpoint = Optional.ofNullable(builder.endpoint).or(AwsAccess::ofTheEnvironment);
        this.machineEndpoint = Optional.ofNullable(builder.machineEndpoint).or(() -> endpoint);
        this.credentials = builder.credentials == null
                ? DefaultCredentialsProvider.builder().build()
                : builder.credentials;
        this.httpClient = Optional.ofNullable(builder.httpClient);
        this.customizer = builder.customizer;
        this.telemetry = builder.telemetry;
    }

    private AwsAccess(AwsAccess other, AwsCredentialsProvider credentials, Telemetry telemetry) {
        this.region = other.region;
        this.endpoint = other.endpoint;
        this.machineEndpoint = other.machineEndpoint;
        this.credentials = credentials;
        this.httpClient = other.httpClient;
        this.customizer = other.customizer;
        this.telemetry = telemetry;
    }

    /** The SDK would take it all the same; but then nobody would know that this is an emulator (SDKs and tools reference guide, "Service-specific endpoints"). */
    private static Optional<URI> ofTheEnvironment() {
        return Optional.ofNullable(System.getProperty("aws.endpointUrl"))
                .or(() -> Optional.ofNullable(System.getenv("AWS_ENDPOINT_URL")))
                .filter(url -> !url.isBlank())
                .map(URI::create);
    }

    /**
     * Access with the SDK's default credentials chain (environment, profile, instance role).
     *
     * @param region the AWS region, for example {@code eu-west-1}
     * @return the access
     */
    public static AwsAccess of(String region) {
        return builder().region(region).build();
    }

    /**
     * Starts a description.
     *
     * @return an empty builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The AWS region.
     *
     * @return for example {@code eu-west-1}
     */
    public String region() {
        return region;
    }

    /**
     * The endpoint that all services are reached at, for emulators.
     *
     * @return the endpoint that was set, else that of {@code AWS_ENDPOINT_URL}; empty for AWS's own
     */
    public Optional<URI> endpoint() {
        return endpoint;
    }

    /**
     * The endpoint at which the cluster's machines reach all services, when AWS is an emulator.
     *
     * @return {@link #endpoint()} unless set; empty for AWS's own
     */
    public Optional<URI> machineEndpoint() {
        return machineEndpoint;
    }

    /**
     * Where credentials come from.
     *
     * @return the provider
     */
    public AwsCredentialsProvider credentials() {
        return credentials;
    }

    /**
     * The HTTP client to use.
     *
     * @return the caller's client, which the caller closes; empty for one that the library makes and closes
     */
    public Optional<SdkHttpClient> httpClient() {
        return httpClient;
    }

    /**
     * Who hears figures of each call.
     *
     * @return the telemetry
     */
    public Telemetry telemetry() {
        return telemetry;
    }

    /**
     * A copy that tells figures.
     *
     * @param telemetry hears on many threads at once
     * @return the copy
     */
    public AwsAccess withTelemetry(Telemetry telemetry) {
        return new AwsAccess(this, credentials, Objects.requireNonNull(telemetry, "telemetry"));
    }

    /**
     * A copy with other credentials, for example those of a role in another account.
     *
     * @param credentials the provider; closed by the caller
     * @return the copy
     */
    public AwsAccess withCredentials(AwsCredentialsProvider credentials) {
        return new AwsAccess(this, Objects.requireNonNull(credentials, "credentials"), telemetry);
    }

    /**
     * What the caller changes on each client before it is built.
     *
     * @return the change
     */
    public Consumer<AwsClientBuilder<?, ?>> customizer() {
        return customizer;
    }

    @Override
    public String toString() {
        return "AwsAccess[" + region + endpoint.map(uri -> " at " + uri).orElse("") + "]";
    }

    /** Builds an {@link AwsAccess}; not safe to use from several threads. */
    public static final class Builder {
        private @Nullable String region;
        private @Nullable URI endpoint;
        private @Nullable URI machineEndpoint;
        private @Nullable AwsCredentialsProvider credentials;
        private @Nullable SdkHttpClient httpClient;
        private Consumer<AwsClientBuilder<?, ?>> customizer = builder -> {};
        private Telemetry telemetry = Telemetry.none();

        private Builder() {}

        /**
         * Sets the region; required.
         *
         * @param region for example {@code eu-west-1}
         * @return this builder
         */
        public Builder region(String region) {
            this.region = Objects.requireNonNull(region, "region");
            return this;
        }

        /**
         * Sends all calls to one endpoint, for emulators; S3 is then addressed by path.
         *
         * @param endpoint for example {@code http://127.0.0.1:5000}
         * @return this builder
         */
        public Builder endpoint(URI endpoint) {
            this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
            return this;
        }

        /**
         * Sets where the cluster's machines reach the emulator, when that is another address than ours.
         *
         * @param endpoint for example {@code http://10.0.0.2:5000}, without a slash at the end
         * @return this builder
         */
        public Builder machineEndpoint(URI endpoint) {
            this.machineEndpoint = Objects.requireNonNull(endpoint, "endpoint");
            return this;
        }

        /**
         * Sets where credentials come from; the SDK's default chain unless set.
         *
         * @param credentials the provider; closed by the caller
         * @return this builder
         */
        public Builder credentials(AwsCredentialsProvider credentials) {
            this.credentials = Objects.requireNonNull(credentials, "credentials");
            return this;
        }

        /**
         * Sets the HTTP client; the JDK's URL connection unless set.
         *
         * @param httpClient the client; closed by the caller
         * @return this builder
         */
        public Builder httpClient(SdkHttpClient httpClient) {
            this.httpClient = Objects.requireNonNull(httpClient, "httpClient");
            return this;
        }

        /**
         * Changes each client before it is built, for example to add an interceptor. Retries of the SDK stay off whatever is set here, because the
         * library retries by itself.
         *
         * @param customizer the change
         * @return this builder
         */
        public Builder customizer(Consumer<AwsClientBuilder<?, ?>> customizer) {
            this.customizer = Objects.requireNonNull(customizer, "customizer");
            return this;
        }

        /**
         * Sets who hears figures of each call; nobody unless set.
         *
         * @param telemetry hears on many threads at once
         * @return this builder
         */
        public Builder telemetry(Telemetry telemetry) {
            this.telemetry = Objects.requireNonNull(telemetry, "telemetry");
            return this;
        }

        /**
         * Builds the value; opens nothing.
         *
         * @return the access
         * @throws IllegalArgumentException if no region is set
         */
        public AwsAccess build() {
            return new AwsAccess(this);
        }
    }
}
