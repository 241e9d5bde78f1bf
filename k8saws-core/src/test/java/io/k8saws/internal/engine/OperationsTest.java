package io.k8saws.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Closing lets what runs end, and hangs on nothing")
class OperationsTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final Operations operations = new Operations();

    @Test
    void whatRuns_isToldToStop_andWaitedFor() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<String> operation = CompletableFuture.supplyAsync(() -> operations.run(running -> {
            begun.countDown();
            while (!running.stopping()) {
                Thread.onSpinWait();
            }
            return "ended";
        }));
        begun.await();

        operations.close(LONG);

        assertThat(operation.get(1, TimeUnit.MINUTES)).isEqualTo("ended");
    }

    @Test
    void stepsThatHang_areInterrupted_andThoseInLineAreRunToSeeThatTheyMustNotStart() throws Exception {
        LinkedBlockingQueue<String> ends = new LinkedBlockingQueue<>();
        CountDownLatch hanging = new CountDownLatch(1);
        CompletableFuture<Void> operation = CompletableFuture.runAsync(() -> operations.run(running -> {
            ThreadPoolExecutor steps = running.steps(1);
            steps.execute(() -> {
                hanging.countDown();
                try {
                    TimeUnit.DAYS.sleep(1);
                } catch (InterruptedException e) {
                    ends.add("interrupted");
                }
            });
            steps.execute(() -> ends.add("in line, stopping " + running.stopping()));
            return take(ends) + ", " + take(ends);
        }));
        hanging.await();

        operations.close(Duration.ofMillis(50));

        operation.get(1, TimeUnit.MINUTES);
        assertThat(ends).isEmpty();
    }

    private static String take(LinkedBlockingQueue<String> ends) {
        try {
            return ends.take();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whoClosesFromWithin_isNotWaitedFor() {
        String ended = operations.run(running -> {
            operations.close(LONG);
            return running.stopping() ? "stopping" : "";
        });

        assertThat(ended).isEqualTo("stopping");
    }

    @Test
    void whatIsNew_isRefused_andAFailureEndsAnOperation() {
        assertThatThrownBy(() -> operations.run(running -> {
                    throw new IllegalArgumentException("bad");
                }))
                .isInstanceOf(IllegalArgumentException.class);

        operations.close(LONG);

        assertThatThrownBy(() -> operations.run(running -> "late")).isInstanceOf(IllegalStateException.class);
    }
}
