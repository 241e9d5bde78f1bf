package io.k8saws.internal.seam;

import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancing.ElasticLoadBalancingClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * The SDK's clients behind a {@link Guard}. Only here are they made, and nobody gets one that is not inside a {@link GuardedClient}. Safe to use from many threads.
 */
public final class GuardedClients implements AwsClients, AutoCloseable {
    private final Shared shared;
    private final Guard guard;
    private final CallListener listener;
    private final ConcurrentMap<Class<?>, Object> guarded = new ConcurrentHashMap<>();

    private GuardedClients(Shared shared, Guard guard, CallListener listener) {
        this.shared = shared;
        this.guard = guard;
        this.listener = listener;
    }

    /**
     * Makes the clients; connects to nothing yet.
     *
     * @param access how AWS is reached
     * @param policy how patiently it is called
     * @param sleeper lets time pass between attempts
     * @return the clients, to be closed by the caller
     */
    public static GuardedClients open(AwsAccess access, ResiliencePolicy policy, Sleeper sleeper) {
        Shared shared = new Shared(access, policy, sleeper);
        return new GuardedClients(shared, shared.guard, CallListener.silent());
    }

    /**
     * The same clients, limits and connections, with retries reported to a listener.
     *
     * @param listener hears of retries
     * @return a view that need not be closed
     */
    public GuardedClients reportingTo(CallListener listener) {
        return new GuardedClients(shared, guard, listener);
    }

    /**
     * The same clients, limits and connections, for requests that nobody waits for: each stands back until half of its token buckets is left, so that it never
     * holds up another.
     *
     * @return a view that need not be closed
     */
    public GuardedClients inBackground() {
        return new GuardedClients(shared, guard.inBackground(), listener);
    }

    /**
     * How many requests were sent so far, retries included.
     *
     * @return 0 or more
     */
    public long sent() {
        return shared.guard.sent();
    }

    /**
     * The ids that this run has made.
     *
     * @return the set that the guard asks when AWS does not know an id
     */
    public FreshResources fresh() {
        return shared.fresh;
    }

    @Override
    public Ec2Client ec2() {
        return guarded(Ec2Client.class, Ec2Client::builder, GuardedEc2::new);
    }

    @Override
    public AutoScalingClient autoScaling() {
        return guarded(AutoScalingClient.class, AutoScalingClient::builder, GuardedAutoScaling::new);
    }

    @Override
    public ElasticLoadBalancingV2Client loadBalancing() {
        return guarded(
                ElasticLoadBalancingV2Client.class,
                ElasticLoadBalancingV2Client::builder,
                GuardedElasticLoadBalancingV2::new);
    }

    @Override
    public ElasticLoadBalancingClient classicLoadBalancing() {
        return guarded(
                ElasticLoadBalancingClient.class,
                ElasticLoadBalancingClient::builder,
                GuardedElasticLoadBalancing::new);
    }

    @Override
    public IamClient iam() {
        return guarded(IamClient.class, IamClient::builder, GuardedIam::new);
    }

    @Override
    public KmsClient kms() {
        return guarded(KmsClient.class, KmsClient::builder, GuardedKms::new);
    }

    @Override
    public Route53Client route53() {
        return guarded(Route53Client.class, Route53Client::builder, GuardedRoute53::new);
    }

    @Override
    public S3Client s3() {
        return guarded(
                S3Client.class,
                () -> S3Client.builder().forcePathStyle(shared.access.endpoint().isPresent()),
                GuardedS3::new);
    }

    @Override
    public SqsClient sqs() {
        return guarded(SqsClient.class, SqsClient::builder, GuardedSqs::new);
    }

    @Override
    public EventBridgeClient events() {
        return guarded(EventBridgeClient.class, EventBridgeClient::builder, GuardedEventBridge::new);
    }

    @Override
    public SsmClient ssm() {
        return guarded(SsmClient.class, SsmClient::builder, GuardedSsm::new);
    }

    @Override
    public StsClient sts() {
        return guarded(StsClient.class, StsClient::builder, GuardedSts::new);
    }

    /** Closes the clients, and the HTTP client unless the caller brought it. */
    @Override
    public void close() {
        shared.close();
    }

    private <C, B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>> C guarded(
            Class<C> type, Supplier<B> builder, Guarding<C> guarding) {
        shared.requireOpen();
        return type.cast(
                guarded.computeIfAbsent(type, unused -> guarding.guard(shared.client(type, builder), guard, listener)));
    }

    /** Puts a client behind a guard. */
    private interface Guarding<C> {
        C guard(C aws, Guard guard, CallListener listener);
    }

    /** What all views share. */
    private static final class Shared {
        private final AwsAccess access;
        private final ResiliencePolicy policy;
        private final FreshResources fresh;
        private final Guard guard;
        private final SdkHttpClient http;
        private final ConcurrentMap<Class<?>, Object> clients = new ConcurrentHashMap<>();
        private volatile boolean closed;

        Shared(AwsAccess access, ResiliencePolicy policy, Sleeper sleeper) {
            this.access = access;
            this.policy = policy;
            this.fresh = new FreshResources(policy.consistencyWindow(), sleeper::nanoTime);
            this.guard = new Guard(policy, sleeper, fresh, access.telemetry());
            this.http = access.httpClient().orElseGet(() -> UrlConnectionHttpClient.builder()
                    .connectionTimeout(policy.attemptTimeout())
                    .socketTimeout(policy.attemptTimeout())
                    .build());
        }

        <C, B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>> C client(
                Class<C> type, Supplier<B> builder) {
            return type.cast(clients.computeIfAbsent(type, unused -> build(builder.get())));
        }

        private <C, B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>> C build(B builder) {
            access.endpoint().ifPresent(builder::endpointOverride);
            builder.region(software.amazon.awssdk.regions.Region.of(access.region()))
                    .credentialsProvider(access.credentials())
                    .httpClient(http);
            access.customizer().accept(builder);
            builder.overrideConfiguration(builder.overrideConfiguration().toBuilder()
                    .retryStrategy(AwsRetryStrategy.doNotRetry())
                    .apiCallAttemptTimeout(policy.attemptTimeout())
                    .apiCallTimeout(policy.attemptTimeout().plusSeconds(1))
                    .build());
            return builder.build();
        }

        void requireOpen() {
            if (closed) {
                throw new IllegalStateException("This is closed, and calls AWS no more. Open another one.");
            }
        }

        void close() {
            closed = true;
            clients.values().forEach(client -> ((software.amazon.awssdk.utils.SdkAutoCloseable) client).close());
            if (access.httpClient().isEmpty()) {
                http.close();
            }
        }
    }
}
