package io.k8saws.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.aws.AwsAccess;
import io.k8saws.dns.plan.ChangePolicy;
import io.k8saws.dns.plan.DnsPlan;
import io.k8saws.error.OperationCancelledException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DnsTest {
    @Test
    void whoWaitsForAnswersOfOneThatIsClosed_hearsOfThatByTheFuture() {
        Dns dns = Dns.of(AwsAccess.of("eu-west-1"), "blue");
        dns.close();

        CompletableFuture<Void> answered = dns.resolves(
                new DnsPlan("blue", ChangePolicy.SYNC, List.of(), List.of(), Set.of()),
                new DnsReport("blue", List.of(), List.of()),
                Duration.ofMinutes(1));

        assertThat(answered)
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withCauseInstanceOf(OperationCancelledException.class);
    }

    @Test
    void whatIsAskedOfOneThatIsClosedIsRefused() {
        Dns dns = Dns.of(AwsAccess.of("eu-west-1"), "blue");
        dns.close();
        DnsReport report = new DnsReport("blue", List.of(), List.of());

        for (ThrowingCallable late : List.<ThrowingCallable>of(
                dns::zones,
                dns::retireHealthChecks,
                () -> dns.plan(Records.none()),
                () -> dns.apply(new DnsPlan("blue", ChangePolicy.SYNC, List.of(), List.of(), Set.of())),
                () -> dns.waitUntilInSync(report, Duration.ofMinutes(1)))) {
            assertThatThrownBy(late)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("This Dns is closed. Open another one.");
        }
    }
}
