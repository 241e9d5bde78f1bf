package io.k8saws.testkit;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AccessKey;

/** Starts AWS emulators, or takes the endpoint that the environment gives. */
final class Emulators {
    /** An emulator accepts any key; moto derives its default account from an unknown one. */
    private static final String ACCESS_KEY_ID = "test";

    private static final String SECRET_ACCESS_KEY = "test";
    private static final String REGION = "us-east-1";
    private static final Duration MOTO_LIMIT = Duration.ofMinutes(1);
    private static final Duration LOCALSTACK_LIMIT = Duration.ofMinutes(2);

    private static final Pattern COPY_PORT = Pattern.compile("\"port\": (\\d+)");

    private static final String EVERYTHING =
            "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}";

    private Emulators() {}

    static AwsEndpoint start(AwsKind kind, Surroundings surroundings) {
        Optional<String> given = surroundings.get(Surroundings.AWS_ENDPOINT);
        if (given.isPresent()) {
            return given(URI.create(given.get()), surroundings);
        }
        if (surroundings.docker()) {
            return Docker.localstack();
        }
        return kind == AwsKind.MOTO ? moto(surroundings) : localstack(surroundings);
    }

    static AwsEndpoint emulator(URI uri, Runnable onClose) {
        return emulator(uri, () -> resetMoto(uri), onClose);
    }

    private static AwsEndpoint emulator(URI uri, Runnable onReset, Runnable onClose) {
        return new AwsEndpoint(uri, REGION, ACCESS_KEY_ID, SECRET_ACCESS_KEY, onReset, onClose);
    }

    /** Only moto has this path, so nothing else loses anything. */
    private static void resetMoto(URI uri) {
        int status;
        try {
            status = Http.post(uri.resolve("/moto-api/reset")).status();
        } catch (IOException e) {
            throw new TestbedException(
                    "Reset the AWS emulator at " + uri,
                    TestbedException.why(e),
                    "Look whether it still runs",
                    Map.of(),
                    e);
        }
        if (status != 200) {
            throw new TestbedException(
                    "Reset the AWS endpoint at " + uri,
                    "it does not answer as moto does, but with status " + status,
                    "Only moto, and LocalStack when the testbed starts it, can be reset");
        }
    }

    /** Only the testbed's own moto has this path. */
    static AwsEndpoint copy(AwsEndpoint original) {
        int port;
        try {
            Http.Answer answer = Http.post(original.uri().resolve("/k8saws-testbed/copy"));
            Matcher told = COPY_PORT.matcher(answer.body());
            if (answer.status() != 200 || !told.find()) {
                throw new TestbedException(
                        "Copy the AWS emulator at " + original.uri(),
                        "it does not answer as the testbed's moto does, but with status " + answer.status(),
                        "Only the moto that testbed/install has installed can be copied");
            }
            port = Integer.parseInt(told.group(1));
        } catch (IOException e) {
            throw new TestbedException(
                    "Copy the AWS emulator at " + original.uri(),
                    TestbedException.why(e),
                    "Look whether it still runs",
                    Map.of(),
                    e);
        }
        URI uri = loopback(port);
        return new AwsEndpoint(
                uri,
                original.region(),
                original.accessKeyId(),
                original.secretAccessKey(),
                () -> resetMoto(uri),
                () -> endCopy(uri));
    }

    /** Only moto has this path: after so many calls, none, it asks for rights. */
    static AwsEndpoint enforcingIam(AwsEndpoint aws) {
        AccessKey key;
        try (IamClient iam = aws.configure(IamClient.builder()).build()) {
            String user = "testbed-owner";
            iam.createUser(request -> request.userName(user));
            iam.putUserPolicy(request -> request.userName(user).policyName(user).policyDocument(EVERYTHING));
            key = iam.createAccessKey(request -> request.userName(user)).accessKey();
        }
        try {
            Http.Answer answer = Http.post(aws.uri().resolve("/moto-api/reset-auth"), "0");
            if (answer.status() != 200) {
                throw new TestbedException(
                        "Let the AWS emulator at " + aws.uri() + " check policies",
                        "it does not answer as moto does, but with status " + answer.status(),
                        "Only moto can do so");
            }
        } catch (IOException e) {
            throw new TestbedException(
                    "Let the AWS emulator at " + aws.uri() + " check policies",
                    TestbedException.why(e),
                    "Look whether it still runs",
                    Map.of(),
                    e);
        }
        return aws.withKeys(key.accessKeyId(), key.secretAccessKey());
    }

    private static void endCopy(URI uri) {
        try {
            Http.post(uri.resolve("/k8saws-testbed/end"));
        } catch (IOException expected) {
            // It ends without an answer.
        }
    }

    private static AwsEndpoint given(URI uri, Surroundings surroundings) {
        if (uri.getScheme() == null || uri.getHost() == null) {
            throw new TestbedException(
                    "Use the AWS endpoint of the environment",
                    "it is not a URL with a scheme and a host",
                    "Set for example http://127.0.0.1:5000",
                    Map.of(Surroundings.AWS_ENDPOINT, uri.toString()),
                    null);
        }
        return new AwsEndpoint(
                uri,
                surroundings
                        .get("AWS_REGION")
                        .or(() -> surroundings.get("AWS_DEFAULT_REGION"))
                        .orElse(REGION),
                surroundings.get("AWS_ACCESS_KEY_ID").orElse(ACCESS_KEY_ID),
                surroundings.get("AWS_SECRET_ACCESS_KEY").orElse(SECRET_ACCESS_KEY),
                () -> resetMoto(uri),
                () -> {});
    }

    private static AwsEndpoint moto(Surroundings surroundings) {
        Path server = Component.MOTO.program(surroundings, "moto-server");
        Started started = Started.on(
                "moto",
                MOTO_LIMIT,
                port -> new Started.Command(
                        List.of(server.toString(), "-H", "127.0.0.1", "-p", String.valueOf(port)),
                        Map.of(),
                        // cheap, so that it is in time on a busy machine; data.json prints a thousand images
                        () -> Http.answers(loopback(port).resolve("/moto-api/config"))));
        return emulator(loopback(started.port()), started::close);
    }

    private static AwsEndpoint localstack(Surroundings surroundings) {
        Path host = Component.LOCALSTACK.program(surroundings, "localstack-host");
        Started started = Started.on(
                "localstack",
                LOCALSTACK_LIMIT,
                port -> new Started.Command(
                        List.of(host.toString()),
                        Map.of("GATEWAY_LISTEN", "127.0.0.1:" + port),
                        () -> Http.isOk(loopback(port).resolve("/_localstack/health"))));
        AtomicReference<Started> current = new AtomicReference<>(started);
        // Its free edition forgets nothing on request, so it starts anew.
        return emulator(loopback(started.port()), () -> current.updateAndGet(Started::again), () -> current.get()
                .close());
    }

    private static URI loopback(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }
}
