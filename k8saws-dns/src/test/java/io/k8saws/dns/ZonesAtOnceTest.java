package io.k8saws.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.OperationCancelledException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class ZonesAtOnceTest {
    @Test
    void answersComeInTheirOrder() {
        try (ZonesAtOnce zones = new ZonesAtOnce()) {
            List<Callable<Integer>> works = List.of(() -> 1, () -> 2, () -> 3, () -> 4, () -> 5, () -> 6);

            assertThat(zones.all(works, "Count")).containsExactly(1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void whoWaitsWhileItIsClosedHearsOfThat_alsoWhereSomeWorkHasNotBegun() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(4);
        CountDownLatch never = new CountDownLatch(1);
        Callable<Integer> work = () -> {
            begun.countDown();
            never.await();
            return 1;
        };
        ZonesAtOnce zones = new ZonesAtOnce();
        CompletableFuture<List<Integer>> all =
                CompletableFuture.supplyAsync(() -> zones.all(Collections.nCopies(9, work), "Read zones"));
        begun.await();

        zones.close();

        assertThat(all)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(OperationCancelledException.class)
                .withMessageContaining("Read zones: this was closed");
    }

    @Test
    void whatComesAfterTheEndIsRefused() {
        ZonesAtOnce zones = new ZonesAtOnce();
        zones.close();

        assertThatThrownBy(zones::requireOpen)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("This Dns is closed. Open another one.");
        assertThatThrownBy(() -> zones.all(List.of(() -> 1), "Read zones"))
                .isInstanceOf(OperationCancelledException.class);
    }
}
