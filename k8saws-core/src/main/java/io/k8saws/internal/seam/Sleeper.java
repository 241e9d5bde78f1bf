package io.k8saws.internal.seam;

import io.k8saws.error.OperationCancelledException;
import java.time.Duration;

/** The one place where the library lets time pass, and reads how much of it has passed. */
@FunctionalInterface
public interface Sleeper {
    /**
     * Lets time pass.
     *
     * @param pause how long
     * @param why what is going on, for the message when the thread is interrupted
     * @throws OperationCancelledException if the thread is interrupted; its interrupt flag is set again
     */
    void sleep(Duration pause, String why);

    /**
     * The time by which spans are measured, as {@link System#nanoTime()} gives it.
     *
     * @return nanoseconds from an arbitrary origin; never goes back
     */
    default long nanoTime() {
        return System.nanoTime();
    }

    /**
     * A sleeper that really sleeps.
     *
     * @return the sleeper
     */
    static Sleeper system() {
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
