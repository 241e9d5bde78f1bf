package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.internal.kubernetes.PlayedApi;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Who stands for election goes on standing, whatever fails")
class ElectionTest {
    private static final LeaseSettings LEASE = new LeaseSettings(
            "kube-system", "dns", "one", Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(50));
    private static final String EMPTY = "{\"apiVersion\":\"coordination.k8s.io/v1\",\"kind\":\"Lease\","
            + "\"metadata\":{\"namespace\":\"kube-system\",\"name\":\"dns\",\"resourceVersion\":\"1\"},\"spec\":{}}";

    private final AtomicReference<String> lease = new AtomicReference<>("");
    private final CountDownLatch refused = new CountDownLatch(2);
    private final CountDownLatch elected = new CountDownLatch(1);
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
    private final PlayedApi api = new PlayedApi(this::answer);

    @AfterEach
    void end() {
        threads.shutdownNow();
        api.close();
    }

    private PlayedApi.Answer answer(PlayedApi.Question question) {
        if (!question.body().isEmpty()) {
            lease.set(question.body());
            return new PlayedApi.Answer(200, question.body());
        }
        String now = lease.get();
        if (now.equals(EMPTY)) {
            refused.countDown();
        }
        return now.isEmpty()
                ? new PlayedApi.Answer(404, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":404}")
                : new PlayedApi.Answer(200, now);
    }

    @Test
    void aLeaseThatSomebodyMadeWithoutSpansIsLookedAtAgain_andThatIsSaid() throws InterruptedException {
        lease.set(EMPTY);
        try (Election election = new Election(api.client(), LEASE, threads, elected::countDown, () -> {})) {
            election.stand();
            assertThat(refused.await(20, TimeUnit.SECONDS))
                    .as("it is looked at again")
                    .isTrue();
            assertThat(election.problem().orElse("")).startsWith("The Lease kube-system/dns cannot be used: ");

            lease.set("");

            assertThat(elected.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(election.problem()).isEmpty();
        }
    }

    @Test
    void whoHearsOfTheElectionAndFails_endsNoRace() throws InterruptedException {
        CountDownLatch deposed = new CountDownLatch(1);
        try (Election election = new Election(
                api.client(),
                LEASE,
                threads,
                () -> {
                    elected.countDown();
                    throw new IllegalStateException("deaf");
                },
                deposed::countDown)) {
            election.stand();
            assertThat(elected.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(deposed.await(500, TimeUnit.MILLISECONDS))
                    .as("it leads no more")
                    .isFalse();

            election.resign();

            assertThat(deposed.await(20, TimeUnit.SECONDS))
                    .as("it led, and hears of the end")
                    .isTrue();
        }
    }
}
