package io.k8saws.internal.engine;

import io.k8saws.progress.ProgressEvent;
import io.k8saws.progress.ProgressListener;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Brings what happens on many threads to one: ends of steps to the coordinator, events to the listener. */
final class Signals {
    private final BlockingQueue<Object> queue = new LinkedBlockingQueue<>();
    private final ProgressListener listener;

    Signals(ProgressListener listener) {
        this.listener = new TolerantListener(listener);
    }

    /** From any thread: something to tell the listener. */
    void post(ProgressEvent event) {
        queue.add(event);
    }

    /** From any thread: a step ended. */
    void post(Ended ended) {
        queue.add(ended);
    }

    /** On the coordinator's thread: waits for the next end of a step; events on the way go to the listener. */
    Ended next() throws InterruptedException {
        while (true) {
            Object signal = queue.take();
            if (signal instanceof Ended ended) {
                return ended;
            }
            tell((ProgressEvent) signal);
        }
    }

    /** On the coordinator's thread: tells the listener. */
    void tell(ProgressEvent event) {
        listener.onEvent(event);
    }

    /** The end of one step. */
    record Ended(
            Schedule.Node node,
            java.time.Duration took,
            java.util.Optional<io.k8saws.internal.resource.Made> made,
            java.util.Optional<Throwable> failure) {}
}
