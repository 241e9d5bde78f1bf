package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.OperationCancelledException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody waits for an answer that never comes. */
@Timeout(30)
class QuestionsTest {
    @Test
    void anAnswerComesBack_andSoDoesAFailure() {
        Questions questions = new Questions(Runnable::run);

        assertThat(questions.ask("Ask", () -> 7)).isEqualTo(7);
        assertThatThrownBy(() -> questions.ask("Ask", () -> {
                    throw new IllegalArgumentException("why");
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("why");
    }

    @Test
    void aQuestionThatNobodyRunsAnyMore_endsWithTheClose() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        Questions questions = new Questions(dropped -> asked.countDown());
        CompletableFuture<Integer> answer = CompletableFuture.supplyAsync(() -> questions.ask("Explain a.b", () -> 7));
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();

        questions.close();

        assertThatThrownBy(answer::join)
                .hasCauseInstanceOf(OperationCancelledException.class)
                .hasMessageContaining("Explain a.b: the controller is closed");
        assertThatThrownBy(() -> questions.ask("Explain c.d", () -> 7)).isInstanceOf(OperationCancelledException.class);
    }
}
