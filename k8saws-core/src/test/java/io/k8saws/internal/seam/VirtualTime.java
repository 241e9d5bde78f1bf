package io.k8saws.internal.seam;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Time that passes only when somebody sleeps. */
final class VirtualTime implements Sleeper {
    private final List<Duration> pauses = new ArrayList<>();
    private final Sleeper interruptible = Sleeper.system();
    private long nanos = 1;

    @Override
    public void sleep(Duration pause, String why) {
        interruptible.sleep(Duration.ZERO, why);
        if (!pause.isZero()) {
            pauses.add(pause);
        }
        pass(pause);
    }

    void pass(Duration time) {
        nanos += time.toNanos();
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    Duration passed() {
        return Duration.ofNanos(nanos - 1);
    }

    List<Duration> pauses() {
        return List.copyOf(pauses);
    }
}
