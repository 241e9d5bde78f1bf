package io.k8saws.internal.seam;

import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancing.ElasticLoadBalancingClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * The SDK's clients behind a {@link Guard}. A guarded client is a proxy: the request forms of its methods go through the guard, everything built on them
 * (paginators, builder lambdas) comes back to the proxy. Safe to use from many threads.
 */
public final class GuardedClients implements AwsClients, AutoCloseable {
    private final Shared shared;
    private final CallListener listener;
    private final ConcurrentMap<Class<?>, Object> proxies = new ConcurrentHashMap<>();

    private GuardedClients(Shared shared, CallListener listener) {
        this.shared = shared;
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
        return new GuardedClients(new Shared(access, policy, sleeper), CallListener.silent());
    }

    /**
     * The same clients, limits and connections, with retries reported to a listener.
     *
     * @param listener hears of retries
     * @return a view that need not be closed
     */
    public GuardedClients reportingTo(CallListener listener) {
        return new GuardedClients(shared, listener);
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
        return guarded(Ec2Client.class, "ec2", () -> shared.build(Ec2Client.builder()));
    }

    @Override
    public AutoScalingClient autoScaling() {
        return guarded(AutoScalingClient.class, "autoscaling", () -> shared.build(AutoScalingClient.builder()));
    }

    @Override
    public ElasticLoadBalancingV2Client loadBalancing() {
        return guarded(
                ElasticLoadBalancingV2Client.class,
                "elasticloadbalancing",
                () -> shared.build(ElasticLoadBalancingV2Client.builder()));
    }

    @Override
    public ElasticLoadBalancingClient classicLoadBalancing() {
        return guarded(
                ElasticLoadBalancingClient.class,
                "elasticloadbalancing",
                () -> shared.build(ElasticLoadBalancingClient.builder()));
    }

    @Override
    public IamClient iam() {
        return guarded(IamClient.class, "iam", () -> shared.build(IamClient.builder()));
    }

    @Override
    public Route53Client route53() {
        return guarded(Route53Client.class, "route53", () -> shared.build(Route53Client.builder()));
    }

    @Override
    public S3Client s3() {
        return guarded(
                S3Client.class,
                "s3",
                () -> shared.build(S3Client.builder()
                        .forcePathStyle(shared.access.endpoint().isPresent())));
    }

    @Override
    public SqsClient sqs() {
        return guarded(SqsClient.class, "sqs", () -> shared.build(SqsClient.builder()));
    }

    @Override
    public EventBridgeClient events() {
        return guarded(EventBridgeClient.class, "events", () -> shared.build(EventBridgeClient.builder()));
    }

    @Override
    public StsClient sts() {
        return guarded(StsClient.class, "sts", () -> shared.build(StsClient.builder()));
    }

    /** Closes the clients, and the HTTP client unless the caller brought it. */
    @Override
    public void close() {
        shared.close();
    }

    private <C> C guarded(Class<C> type, String service, Supplier<C> build) {
        return type.cast(proxies.computeIfAbsent(type, unused -> {
            C client = shared.client(type, build);
            return Proxy.newProxyInstance(
                    type.getClassLoader(),
                    new Class<?>[] {type},
                    new Invocation(client, service, shared.guard, listener));
        }));
    }

    /** Sends request methods through the guard and everything else where it belongs. */
    private record Invocation(Object client, String service, Guard guard, CallListener listener)
            implements InvocationHandler {
        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args) throws Throwable {
            if (args != null
                    && args.length > 0
                    && args[0] instanceof SdkRequest request
                    && !method.getName().endsWith("Paginator")) {
                Operation operation = Operation.of(service, request);
                return guard.call(operation, request, listener, () -> invokeClient(method, args));
            }
            if (method.isDefault() && !method.getName().equals("utilities")) {
                return InvocationHandler.invokeDefault(proxy, method, args);
            }
            return invokeClient(method, args);
        }

        private @Nullable Object invokeClient(Method method, Object @Nullable [] args) throws Exception {
            try {
                return method.invoke(client, args);
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof Exception cause) {
                    throw cause;
                }
                if (e.getCause() instanceof Error cause) {
                    throw cause;
                }
                throw e;
            }
        }
    }

    /** What all views share. */
    private static final class Shared {
        private final AwsAccess access;
        private final ResiliencePolicy policy;
        private final FreshResources fresh;
        private final Guard guard;
        private final SdkHttpClient http;
        private final ConcurrentMap<Class<?>, Object> clients = new ConcurrentHashMap<>();

        Shared(AwsAccess access, ResiliencePolicy policy, Sleeper sleeper) {
            this.access = access;
            this.policy = policy;
            this.fresh = new FreshResources(policy.consistencyWindow(), sleeper::nanoTime);
            this.guard = new Guard(policy, sleeper, fresh);
            this.http = access.httpClient().orElseGet(() -> UrlConnectionHttpClient.builder()
                    .connectionTimeout(policy.attemptTimeout())
                    .socketTimeout(policy.attemptTimeout())
                    .build());
        }

        <C> C client(Class<C> type, Supplier<C> build) {
            return type.cast(clients.computeIfAbsent(type, unused -> build.get()));
        }

        <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C> C build(B builder) {
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

        void close() {
            clients.values().forEach(client -> ((software.amazon.awssdk.utils.SdkAutoCloseable) client).close());
            if (access.httpClient().isEmpty()) {
                http.close();
            }
        }
    }
}
