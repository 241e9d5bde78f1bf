package io.k8saws.internal.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.OperationCancelledException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AtOnceTest {
    @Test
    void aFewAreAskedAtOnce_andAnswersKeepTheirOrder() {
        CyclicBarrier together = new CyclicBarrier(AtOnce.MOST);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Supplier<Integer>> questions = IntStream.range(0, 5 * AtOnce.MOST)
                .mapToObj(number -> (Supplier<Integer>) () -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    await(together);
                    now.decrementAndGet();
                    return number;
                })
                .toList();

        assertThat(AtOnce.ask(questions))
                .containsExactlyElementsOf(
                        IntStream.range(0, questions.size()).boxed().toList());
        assertThat(most).hasValue(AtOnce.MOST);
        assertThat(AtOnce.ask(List.of())).isEmpty();
    }

    private static void await(CyclicBarrier together) {
        try {
            together.await(1, TimeUnit.MINUTES);
        } catch (Exception e) {
            throw new AssertionError("they were not asked at once", e);
        }
    }

    @Test
    void theFirstFailureIsThrownAsItIs() {
        IllegalStateException failure = new IllegalStateException("second");
        List<Supplier<Integer>> questions = List.of(() -> 1, () -> {
            throw failure;
        });

        assertThatThrownBy(() -> AtOnce.ask(questions)).isSameAs(failure);
    }

    @Test
    void anInterruptEndsTheWait() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        List<Supplier<Integer>> questions = List.of(() -> {
            try {
                never.await();
                return 1;
            } catch (InterruptedException e) {
                ended.countDown();
                throw new IllegalStateException(e);
            }
        });
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> AtOnce.ask(questions)).isInstanceOf(OperationCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(ended.await(1, TimeUnit.MINUTES))
                .as("its questions end, too")
                .isTrue();
    }
}
