package io.k8saws.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.plan.Action;
import io.k8saws.plan.Outcome;
import io.k8saws.plan.ResourceAddress;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Progress as lines")
class LineProgressTest {
    @Test
    @DisplayName("has a line for each beginning and end, and none for what happens in between")
    void lines() {
        StringBuilder out = new StringBuilder();
        ProgressListener listener = ProgressListener.lines(out);

        Events.ALL.forEach(listener::onEvent);

        assertThat(out.toString().lines())
                .containsExactly(
                        "apply payments: 12 steps, about 3 min 5 s",
                        "[ 1/12] + vpc/main done in 1.2 s, about 2 min left",
                        "[ 2/12] ± nat-gateway/eu-west-1a FAILED in 1 min 1 s",
                        "[ 3/12] + nat-gateway/eu-west-1a SKIPPED",
                        "[ 4/12] - nat-gateway/eu-west-1a UNKNOWN in 30 s",
                        "etcd-1 i-0a1b: at mount-disks",
                        "backup payments: receive done, 36,896 bytes",
                        "apply payments: 1 done, 3 not done in 1 h 4 min");
    }

    @Test
    @DisplayName("counts anew for the next operation")
    void nextOperation() {
        StringBuilder out = new StringBuilder();
        ProgressListener listener = ProgressListener.lines(out);
        Events.ALL.forEach(listener::onEvent);
        out.setLength(0);

        listener.onEvent(new ProgressEvent.OperationStarted("destroy", "payments", 1, Duration.ZERO));
        listener.onEvent(new ProgressEvent.StepFinished(
                Events.VPC, Action.DELETE, Outcome.DONE, Duration.ofSeconds(1), Duration.ZERO));
        listener.onEvent(new ProgressEvent.OperationFinished("destroy", "payments", 1, 0, Duration.ofSeconds(1)));

        assertThat(out.toString().lines())
                .containsExactly(
                        "destroy payments: 1 step",
                        "[1/1] - vpc/main done in 1.0 s",
                        "destroy payments: 1 done in 1.0 s");
    }

    @Test
    @DisplayName("is flushed after each line")
    void flushed() {
        StringWriter below = new StringWriter();
        ProgressListener listener = ProgressListener.lines(new BufferedWriter(below));

        listener.onEvent(Events.ALL.get(0));

        assertThat(below.toString()).endsWith("3 min 5 s\n");
    }

    @Test
    @DisplayName("stays on one line whatever a name holds")
    void hostile() {
        StringBuilder out = new StringBuilder();

        ProgressListener.lines(out)
                .onEvent(new ProgressEvent.StepFinished(
                        ResourceAddress.parse("vpc/a\n\u001b[2J"),
                        Action.CREATE,
                        Outcome.DONE,
                        Duration.ZERO,
                        Duration.ZERO));

        assertThat(out.toString().lines()).hasSize(1);
        assertThat(out.toString()).contains("vpc/a\\n\\u001b[2J");
    }

    @Test
    @DisplayName("says when it cannot be written")
    void broken() {
        Writer closed = new Writer() {
            @Override
            public void write(char[] buffer, int offset, int length) throws IOException {
                throw new IOException("Broken pipe");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };

        assertThatThrownBy(() -> ProgressListener.lines(closed).onEvent(Events.ALL.get(0)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("Write a line of progress: Broken pipe.");
    }
}
