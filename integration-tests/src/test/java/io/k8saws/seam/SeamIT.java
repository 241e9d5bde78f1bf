package io.k8saws.seam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.AwsCallException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkGlobalTime;

@DisplayName("On the wire, a request is sent as often as the guard says")
class SeamIT {
    private static final ResiliencePolicy POLICY =
            ResiliencePolicy.defaults().forEmulator().withMaxAttempts(3);

    private final AwsEndpoint endpoint;

    SeamIT(@AwsEmulator AwsEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    @AfterEach
    void setTheClockBack() { // the SDK keeps its correction for the whole JVM
        SdkGlobalTime.setGlobalTimeOffset(0);
    }

    private void with(Faults faults, ResiliencePolicy policy, BiConsumer<GuardedClients, FaultyHttpClient> test) {
        try (FaultyHttpClient http = FaultyHttpClient.create(faults);
                GuardedClients clients = GuardedClients.open(endpoint.access(http), policy, Sleeper.system())) {
            test.accept(clients, http);
        }
    }

    @Test
    void theSdkDoesNotRetryOnItsOwn() {
        with(Faults.none().fail(1, 500), POLICY, (clients, http) -> {
            AwsCallException e = catchThrowableOfType(
                    AwsCallException.class, () -> clients.ec2().describeVpcs());

            assertThat(http.calls().count("ec2:DescribeVpcs")).isEqualTo(3);
            assertThat(e.attempts()).isEqualTo(3);
            assertThat(clients.sent()).isEqualTo(3);
        });
    }

    @Test
    void eachPageOfAListIsGuarded() {
        with(Faults.none(), POLICY, (clients, http) -> {
            String prefix = UUID.randomUUID() + "-";
            for (int i = 0; i < 3; i++) {
                String name = prefix + i;
                clients.sqs().createQueue(r -> r.queueName(name));
            }
            assertThat(clients.sqs()
                            .listQueuesPaginator(r -> r.queueNamePrefix(prefix).maxResults(1))
                            .queueUrls())
                    .hasSize(3);

            assertThat(http.calls().count("sqs:ListQueues")).isGreaterThanOrEqualTo(3);
            assertThat(clients.sent()).isEqualTo(http.calls().count());
        });
    }

    @Test
    void anOperationThatTheLibraryDoesNotListIsNotSent() {
        with(Faults.none(), POLICY, (clients, http) -> {
            assertThatThrownBy(() -> clients.iam().listRoles()).isInstanceOf(UnsupportedOperationException.class);

            assertThat(http.calls().count()).isZero();
        });
    }

    @Test
    void aCreationWhoseAnswerIsLostIsNotSentAgain() {
        with(Faults.none().cutAfterServed(1), POLICY, (clients, http) -> {
            AwsCallException e = catchThrowableOfType(
                    AwsCallException.class, () -> clients.ec2().createVpc(r -> r.cidrBlock("10.0.0.0/16")));

            assertThat(http.calls().count("ec2:CreateVpc")).isEqualTo(1);
            assertThat(e.outcomeUnknown()).isTrue();
        });
    }

    @Test
    void throttlingOnAThirdOfTheCallsIsNotSeen() {
        with(Faults.none().throttle(1.0 / 3), POLICY.withMaxAttempts(10), (clients, http) -> {
            for (int i = 0; i < 30; i++) {
                clients.ec2().describeVpcs();
                clients.iam().listInstanceProfiles();
            }
            assertThat(http.calls().count()).isGreaterThan(60);
        });
    }

    @Test
    void aClockThatIsOffIsSet() {
        with(Faults.none().clockSkew(Duration.ofHours(1)), POLICY, (clients, http) -> {
            clients.ec2().describeVpcs();

            assertThat(http.calls().count("ec2:DescribeVpcs")).isEqualTo(2);
        });
    }

    @Test
    void aDeniedActionIsNamedAsIamNamesIt() {
        with(Faults.none().deny("ec2:DescribeVpcs", "s3:ListBuckets", "events:*"), POLICY, (clients, http) -> {
            assertDenied("ec2:DescribeVpcs", () -> clients.ec2().describeVpcs());
            assertDenied("s3:ListAllMyBuckets", () -> clients.s3().listBuckets());
            assertDenied("events:ListRules", () -> clients.events().listRules(r -> r.limit(1)));
            assertThat(http.calls().count("ec2:DescribeVpcs")).isEqualTo(1);
        });
    }

    private static void assertDenied(String action, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(AccessDeniedException.class, e -> assertThat(e.missingAction())
                        .isEqualTo(action));
    }

    @Test
    void anExpiredSessionSaysSo() {
        with(Faults.none().expiredToken(), POLICY, (clients, http) -> assertThatThrownBy(
                        () -> clients.iam().listInstanceProfiles())
                .isInstanceOf(AwsCallException.class)
                .hasMessageContaining("get new credentials"));
    }

    @Test
    void anAnswerThatNeverComesIsGivenUp() {
        ResiliencePolicy impatient = POLICY.withTimeouts(Duration.ofMillis(500), Duration.ofSeconds(2));
        with(Faults.none().blackHole(1), impatient, (clients, http) -> assertThatThrownBy(
                        () -> clients.ec2().describeVpcs())
                .isInstanceOfSatisfying(AwsCallException.class, e -> assertThat(e.outcomeUnknown())
                        .isTrue()));
    }

    @Test
    void anInterruptEndsACallThatWaits() {
        with(Faults.none().blackHole(1), POLICY, (clients, http) -> {
            Thread caller = Thread.currentThread();
            Thread interrupter = new Thread(() -> {
                while (clients.sent() == 0) {
                    Thread.onSpinWait();
                }
                caller.interrupt();
            });
            interrupter.start();

            assertThatThrownBy(() -> clients.ec2().describeVpcs()).isInstanceOf(OperationCancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
        });
    }

    @Test
    void anEndpointThatIsDownSaysWhatToCheck() {
        AwsAccess nowhere = AwsAccess.builder()
                .region("eu-west-1")
                .endpoint(URI.create("http://127.0.0.1:1"))
                .credentials(endpoint.credentials())
                .build();
        try (GuardedClients clients = GuardedClients.open(nowhere, POLICY, Sleeper.system())) {
            assertThatThrownBy(() -> clients.sts().getCallerIdentity())
                    .isInstanceOf(AwsCallException.class)
                    .hasMessageContaining("no answer came")
                    .hasMessageContaining("Check the endpoint");
        }
    }
}
