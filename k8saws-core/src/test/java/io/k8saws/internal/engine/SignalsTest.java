package io.k8saws.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.plan.ResourceAddress;
import io.k8saws.progress.ProgressEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The listener hears everything in order, on the coordinator's thread")
class SignalsTest {
    private final List<ProgressEvent> heard = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private static ProgressEvent waiting(int number) {
        return new ProgressEvent.StepWaiting(
                new ResourceAddress("vpc", "main"), "it", Duration.ofSeconds(number), "pending");
    }

    /** No test looks into the step that ended. */
    @SuppressWarnings("NullAway")
    private static Signals.Ended ended() {
        return new Signals.Ended(null, Duration.ZERO, Optional.empty(), Optional.empty());
    }

    @Test
    void eventsOfAnotherThreadArriveInOrder_beforeItsEnd() throws InterruptedException {
        Signals signals = new Signals(event -> {
            heard.add(event);
            threads.add(Thread.currentThread());
        });
        Thread step = new Thread(() -> {
            IntStream.range(0, 100).forEach(number -> signals.post(waiting(number)));
            signals.post(ended());
        });
        step.start();

        signals.next();

        assertThat(heard)
                .isEqualTo(
                        IntStream.range(0, 100).mapToObj(SignalsTest::waiting).toList());
        assertThat(threads).containsOnly(Thread.currentThread());
        step.join();
    }

    @Test
    void aListenerThatThrowsIsSwitchedOff() throws InterruptedException {
        Signals signals = new Signals(event -> {
            heard.add(event);
            throw new IllegalStateException("the listener is broken");
        });

        signals.tell(waiting(1));
        signals.tell(waiting(2));
        signals.post(waiting(3));
        signals.post(ended());
        signals.next();

        assertThat(heard).containsExactly(waiting(1));
    }

    @Test
    void anInterruptEndsTheWait() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(new Signals(heard::add)::next).isInstanceOf(InterruptedException.class);
    }
}
