package io.k8saws.internal.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Fields;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.internal.seam.CallerIdentity;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.testkit.AwsEndpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
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
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** An emulator of AWS's API with one cluster in it, and what it takes to run kinds by hand. */
final class EdgeWorld implements AutoCloseable {
    private final Optional<Process> server;
    private final URI endpoint;
    private final Others others;
    private @Nullable String account;

    EdgeWorld() {
        String given = System.getenv("K8SAWS_AWS_ENDPOINT");
        if (given != null) {
            server = Optional.empty();
            endpoint = URI.create(given);
        } else {
            Process process = start();
            server = Optional.of(process);
            endpoint = endpointOf(process);
        }
        others = new Others(endpoint);
    }

    /** The world at an endpoint that others end. */
    EdgeWorld(AwsEndpoint aws) {
        server = Optional.empty();
        endpoint = aws.uri();
        others = new Others(endpoint);
    }

    private static Process start() {
        Path home = Optional.ofNullable(System.getenv("K8SAWS_TESTBED_HOME"))
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "k8saws", "testbed"));
        Path program = home.resolve("moto/current/bin/moto-server");
        assertThat(Files.isExecutable(program))
                .as("%s is missing; run testbed/install moto", program)
                .isTrue();
        try {
            return new ProcessBuilder(program.toString(), "-p", "0", "--leave-with-parent")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URI endpointOf(Process process) {
        try {
            String line = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            return URI.create(line.replace("listening on ", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client of the others in the account. */
    <C extends SdkAutoCloseable> C others(String region, AwsClientBuilder<?, C> builder) {
        return others.client(region, builder);
    }

    /** Clients for a region. */
    GuardedClients clients(String region) {
        var access = AwsAccess.builder()
                .region(region)
                .endpoint(endpoint)
                .credentials(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .build();
        return GuardedClients.open(access, ResiliencePolicy.defaults(), Sleeper.system());
    }

    /** A cluster with a name that no other test has. */
    ClusterScope cluster(String region) {
        return new ClusterScope(
                "c" + UUID.randomUUID().toString().substring(0, 8) + ".example", account(), region, "aws");
    }

    /** Each emulator has a default account of its own. */
    private String account() {
        if (account == null) {
            try (GuardedClients aws = clients("us-east-1")) {
                account = CallerIdentity.ask(aws).account();
            }
        }
        return account;
    }

    /** The same clients, which throw {@link Killed} instead of sending more than a number of requests that write. */
    static AwsClients killedAfter(int writes, AwsClients clients) {
        AtomicInteger left = new AtomicInteger(writes);
        return proxy(AwsClients.class, (proxy, method, args) -> {
            Object client = call(() -> method.invoke(clients, args));
            return proxy(method.getReturnType(), (self, operation, values) -> {
                boolean request = values != null && values.length > 0 && values[0] instanceof SdkRequest;
                if (request && !operation.getName().endsWith("Paginator")) {
                    if (!operation.getName().matches("(describe|get|list|head).*") && left.getAndDecrement() <= 0) {
                        throw new Killed();
                    }
                    return call(() -> operation.invoke(client, values));
                }
                return operation.isDefault()
                        ? InvocationHandler.invokeDefault(self, operation, values)
                        : call(() -> operation.invoke(client, values));
            });
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object call(java.util.concurrent.Callable<Object> call) throws Throwable {
        try {
            return call.call();
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** The run was killed before it sent a request. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** A step of a run. */
    record TestStep(AwsClients aws, ClusterScope scope, ResourceAddress address, String token) implements Step {
        TestStep(AwsClients aws, ClusterScope scope, ResourceAddress address) {
            this(aws, scope, address, UUID.randomUUID().toString().replace("-", ""));
        }

        @Override
        public Clock clock() {
            return Clock.systemUTC();
        }

        @Override
        public String value(Ref ref) {
            return ((Ref.Id) ref).value();
        }

        @Override
        public void await(String waitingFor, Duration atMost, Supplier<Optional<String>> look) {
            long deadline = System.nanoTime() + atMost.toNanos();
            Optional<String> seen = look.get();
            while (seen.isPresent()) {
                assertThat(System.nanoTime())
                        .as("%s: %s", waitingFor, seen.get())
                        .isLessThan(deadline);
                Sleeper.system().sleep(Duration.ofMillis(200), waitingFor);
                seen = look.get();
            }
        }
    }

    /** The fields of a record as the engine compares them. */
    static Map<String, String> flat(Attributes attributes) {
        return Fields.flat(attributes, Ref::toString);
    }

    /** The fields in which two records differ. */
    static Set<String> differences(Attributes wanted, Attributes observed) {
        Map<String, String> want = flat(wanted);
        Map<String, String> have = flat(observed);
        Set<String> fields = new TreeSet<>(want.keySet());
        fields.addAll(have.keySet());
        fields.removeIf(field -> java.util.Objects.equals(want.get(field), have.get(field)));
        return fields;
    }

    /** The only resource that a kind finds at an address. */
    static <A extends Attributes> Observed<A> only(ResourceKind<A> kind, Reading reading, ResourceAddress address) {
        List<Observed<A>> found = at(kind, reading, address);
        assertThat(found).as("%s", address).hasSize(1);
        return found.get(0);
    }

    /** What a kind finds at an address. */
    static <A extends Attributes> List<Observed<A>> at(ResourceKind<A> kind, Reading reading, ResourceAddress address) {
        return kind.read(reading).resources().stream()
                .filter(observed -> observed.address().equals(address))
                .toList();
    }

    @Override
    public void close() {
        others.close();
        server.ifPresent(Process::destroy);
    }
}
