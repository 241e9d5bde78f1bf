package io.k8saws.internal.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Fields;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.plan.ResourceAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** An AWS emulator of its own and the seam to it, with a cluster for each test. */
final class ComputeWorld implements AutoCloseable {
    static final String REGION = "us-east-1";
    static final String ACCOUNT = "123456789012";

    private static final int LOOKS = 200;

    private final Optional<Process> emulator;
    private final GuardedClients aws;
    private final Others others;
    private final String run = UUID.randomUUID().toString().substring(0, 6);
    private final AtomicInteger clusters = new AtomicInteger();
    private final AtomicInteger tokens = new AtomicInteger();

    ComputeWorld() {
        String given = System.getenv("K8SAWS_AWS_ENDPOINT");
        emulator = given == null ? Optional.of(start()) : Optional.empty();
        URI endpoint = URI.create(emulator.map(ComputeWorld::endpoint).orElse(given));
        AwsAccess access = AwsAccess.builder()
                .region(REGION)
                .endpoint(endpoint)
                .credentials(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .build();
        aws = GuardedClients.open(access, impatient(), Sleeper.system());
        others = new Others(endpoint);
    }

    /** The emulator is consistent at once, so "not found" for what this run made is final; the default window would make each second delete wait a minute. */
    private static ResiliencePolicy impatient() {
        ResiliencePolicy policy = ResiliencePolicy.defaults().forEmulator();
        return new ResiliencePolicy(
                policy.maxAttempts(),
                policy.attemptTimeout(),
                policy.callDeadline(),
                policy.firstBackoff(),
                policy.maxBackoff(),
                Duration.ofMillis(1),
                policy.rateLimits(),
                policy.rateShare(),
                policy.recordChangesPerSecond(),
                policy.maxConcurrency());
    }

    private static Process start() {
        String home = Optional.ofNullable(System.getenv("K8SAWS_TESTBED_HOME"))
                .orElseGet(() -> Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                                .orElseGet(() -> System.getProperty("user.home") + "/.cache")
                        + "/k8saws/testbed");
        Path server = Path.of(home, "moto", "current", "bin", "moto-server");
        assertThat(Files.isExecutable(server))
                .as("moto is not installed in %s; run: testbed/install moto", home)
                .isTrue();
        try {
            return new ProcessBuilder(server.toString(), "-H", "127.0.0.1", "-p", "0", "--leave-with-parent")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String endpoint(Process emulator) {
        try {
            var lines = new BufferedReader(new InputStreamReader(emulator.getInputStream(), StandardCharsets.UTF_8));
            String line = lines.readLine();
            assertThat(line).as("moto's first line").startsWith("listening on ");
            return line.substring("listening on ".length());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        others.close();
        aws.close();
        emulator.ifPresent(Process::destroy);
    }

    AwsClients aws() {
        return aws;
    }

    /** A client of the others in the account. */
    <C extends SdkAutoCloseable> C others(AwsClientBuilder<?, C> builder) {
        return others.client(REGION, builder);
    }

    long sent() {
        return aws.sent();
    }

    /** A cluster that nothing else in the account knows. */
    ClusterScope cluster() {
        return cluster(unique("c" + clusters.incrementAndGet()) + ".example.org");
    }

    /** A name that no earlier run at the same endpoint has taken. */
    String unique(String name) {
        return name + "-" + run;
    }

    ClusterScope cluster(String name) {
        return new ClusterScope(name, ACCOUNT, REGION, "aws");
    }

    String token() {
        return run + String.format("%026x", tokens.incrementAndGet());
    }

    <A extends Attributes> Found<A> read(ResourceKind<A> kind, ClusterScope scope) {
        return kind.read(new Reading(aws, scope, Set.of(), Clock.systemUTC()));
    }

    /** A close look, which may cost a call a resource. */
    <A extends Attributes> Found<A> readClosely(ResourceKind<A> kind, ClusterScope scope) {
        return kind.read(new Reading(aws, scope, Set.of(), Runnable::run, address -> true, Clock.systemUTC()));
    }

    <A extends Attributes> Observed<A> readOne(ResourceKind<A> kind, ClusterScope scope) {
        List<Observed<A>> resources = read(kind, scope).resources();
        assertThat(resources).hasSize(1);
        return resources.get(0);
    }

    TestStep step(ClusterScope scope, ResourceAddress address) {
        return new TestStep(aws, scope, address, token());
    }

    /** The fields that differ, as the engine names them. */
    static Set<String> differences(Attributes before, Attributes after) {
        Map<String, String> old = flat(before);
        Map<String, String> now = flat(after);
        Set<String> fields = new TreeSet<>(old.keySet());
        fields.addAll(now.keySet());
        fields.removeIf(field -> old.containsKey(field) && old.get(field).equals(now.get(field)));
        return fields;
    }

    static Map<String, String> flat(Attributes attributes) {
        return Fields.flat(attributes, ComputeWorld::known);
    }

    static String known(Ref ref) {
        return ((Ref.Id) ref).value();
    }

    /** A step without an engine: looks again at once instead of pausing. */
    record TestStep(AwsClients aws, ClusterScope scope, ResourceAddress address, String token) implements Step {
        @Override
        public Clock clock() {
            return Clock.systemUTC();
        }

        @Override
        public String value(Ref ref) {
            return known(ref);
        }

        @Override
        public void await(String waitingFor, Duration atMost, Supplier<Optional<String>> look) {
            Optional<String> seen = look.get();
            for (int i = 0; i < LOOKS && seen.isPresent(); i++) {
                seen = look.get();
            }
            if (seen.isPresent()) {
                throw new WaitTimeoutException(waitingFor, atMost, seen.get(), Map.of());
            }
        }
    }

    /** The program's death at a call. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Clients with which the program dies at the n-th changing call: before it is sent, or after it was served. */
    AwsClients killedAt(int call, boolean served) {
        AtomicInteger left = new AtomicInteger(call);
        InvocationHandler clients = (proxy, method, args) -> {
            Object client = method.invoke(aws, args);
            return Proxy.newProxyInstance(
                    client.getClass().getClassLoader(),
                    new Class<?>[] {method.getReturnType()},
                    (self, action, arguments) -> call(client, self, action, arguments, left, served));
        };
        return (AwsClients)
                Proxy.newProxyInstance(AwsClients.class.getClassLoader(), new Class<?>[] {AwsClients.class}, clients);
    }

    private static Object call(
            Object client, Object self, Method action, Object[] arguments, AtomicInteger left, boolean served)
            throws Throwable {
        boolean request = arguments != null && arguments.length > 0 && arguments[0] instanceof SdkRequest;
        if (!request && action.isDefault()) {
            return InvocationHandler.invokeDefault(self, action, arguments);
        }
        boolean changes = request && !action.getName().matches("(describe|get|list).*");
        boolean last = changes && left.decrementAndGet() == 0;
        if (last && !served) {
            throw new Killed();
        }
        try {
            Object answer = action.invoke(client, arguments);
            if (last) {
                throw new Killed();
            }
            return answer;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
