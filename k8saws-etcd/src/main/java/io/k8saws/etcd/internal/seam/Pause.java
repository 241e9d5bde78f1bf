package io.k8saws.etcd.internal.seam;

import io.k8saws.error.OperationCancelledException;
import java.time.Duration;

/** Lets time pass, and reads how much of it has passed. */
@FunctionalInterface
public interface Pause {
    /**
     * Lets time pass.
     *
     * @param pause how long
     * @param why what is going on, for the message when the thread is interrupted
     * @throws OperationCancelledException if the thread is interrupted; its interrupt flag is set again
     */
    void pause(Duration pause, String why);

    /**
     * The time by which spans are measured.
     *
     * @return nanoseconds from an arbitrary origin; never goes back
     */
    default long nanoTime() {
        return System.nanoTime();
    }

    /**
     * One that really waits.
     *
     * @return the pause
     */
    static Pause system() {
        return (pause, why) -> {
            try {
                Thread.sleep(pause.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new OperationCancelledException(why);
            }
        };
    }
}
