package io.k8saws.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.OperationCancelledException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("An answer")
class AnswerTest {
    @Test
    @Timeout(60)
    void whoseQuestionNoThreadHasBegun_isNotWaitedForWhenTheThreadsEnd() throws Exception {
        ThreadPoolExecutor one = Threads.pool(1);
        CountDownLatch begun = new CountDownLatch(1);
        Answer<String> slow = Answer.of(one, () -> {
            begun.countDown();
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            return "ended";
        });
        Answer<String> inLine = Answer.of(one, () -> "never");
        begun.await();

        Answer.cancel(one.shutdownNow());

        assertThat(slow.get()).isEqualTo("ended");
        assertThatThrownBy(inLine::get)
                .isInstanceOf(OperationCancelledException.class)
                .hasMessageContaining("closed");
    }
}
