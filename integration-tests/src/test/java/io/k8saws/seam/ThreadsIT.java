package io.k8saws.seam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.plan.Plan;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.progress.ProgressListener;
import io.k8saws.state.ClusterState;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The library leaves no thread behind and keeps no program alive")
class ThreadsIT {
    private final AwsEndpoint endpoint;

    ThreadsIT(@AwsEmulator AwsEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    private K8sAws open() {
        return K8sAws.connect(AwsAccess.builder()
                .region("eu-west-1")
                .endpoint(endpoint.uri())
                .credentials(endpoint.credentials())
                .build());
    }

    private static Plan plan(K8sAws k8s) {
        return k8s.plan(spec -> spec.name("threads").network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c")));
    }

    /** All but the one by which the JDK keeps HTTP connections, which ends by itself. */
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .filter(thread -> !thread.getName().startsWith("Keep-Alive"))
                .collect(Collectors.toSet());
    }

    @Test
    void allThreadsAreDaemons_andEndWithClose() throws InterruptedException {
        Set<Thread> before = threads();
        Set<Thread> ours;
        try (K8sAws k8s = open()) {
            plan(k8s);
            ours = threads();
            ours.removeAll(before);
            assertThat(ours).isNotEmpty().allMatch(Thread::isDaemon);
        }

        for (Thread thread : ours) {
            thread.join(Duration.ofSeconds(10).toMillis());
            assertThat(thread.isAlive()).as("%s is alive", thread).isFalse();
        }
    }

    @Test
    void closingOneLeavesTheOtherAlone() {
        try (K8sAws one = open()) {
            K8sAws other = open();
            Plan plan = plan(other);
            other.close();

            assertThat(plan(one)).isEqualTo(plan);
            assertThatThrownBy(() -> plan(other)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(other::clusters).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> other.lock("threads")).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void closingDuringAnApply_letsItsStepsEnd_andTheNextApplyGoesOn() throws Exception {
        K8sAws k8s = open();
        Plan plan = plan(k8s);
        CompletableFuture<Void> closed = new CompletableFuture<>();
        ProgressListener closing = event -> {
            if (event instanceof ProgressEvent.StepFinished && !closed.isDone()) {
                CompletableFuture<Void> begun = new CompletableFuture<>();
                Thread closer = new Thread(() -> {
                    begun.complete(null);
                    k8s.close();
                    closed.complete(null);
                });
                closer.start();
                begun.join();
            }
        };

        assertThatThrownBy(() -> k8s.apply(plan, closing))
                .isInstanceOf(OperationCancelledException.class)
                .hasMessageContaining("the library was closed");

        closed.get(10, TimeUnit.SECONDS);
        try (K8sAws next = open()) {
            assertThat(next.lock("threads").orElseThrow().held()).isFalse();
            assertThat(next.cluster("threads").state().status()).isEqualTo(ClusterState.Status.FAILED);
            next.apply(plan(next));
            assertThat(plan(next).isEmpty()).isTrue();
            next.apply(next.planDestroy("threads"));
        }
    }

    @Test
    void aProgramThatForgetsToCloseEnds_andLoadingAClassStartsNothing() throws IOException, InterruptedException {
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Forgetful.class.getName(),
                        endpoint.uri().toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        boolean ended = program.waitFor(60, TimeUnit.SECONDS);
        program.destroyForcibly();

        assertThat(ended).as("it ended; it said %s", output).isTrue();
        assertThat(output).contains("threads=0 changes=true");
        assertThat(program.exitValue()).isZero();
    }
}
