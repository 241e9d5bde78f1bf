package io.k8saws.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("What JVMs have left that died")
class ScratchTest {
    private static final int SWEEPERS = 4;

    @TempDir
    private Path temporary;

    @Test
    void isSweptByAllWhoStartAtTheSameMoment_withoutStumbling() throws Exception {
        Instant now = Instant.now();
        long ended = new ProcessBuilder("true").start().onExit().get().pid();
        for (int i = 0; i < 500; i++) {
            Path left = Files.createDirectory(temporary.resolve("k8saws-testbed-" + ended + "-" + i));
            Files.setLastModifiedTime(left, FileTime.from(now.minus(Duration.ofHours(2))));
        }
        Path fresh = Files.createDirectory(temporary.resolve("k8saws-testbed-" + ended + "-fresh"));
        CyclicBarrier start = new CyclicBarrier(SWEEPERS);
        ExecutorService threads = Executors.newFixedThreadPool(SWEEPERS);
        try {
            List<Future<?>> sweeps = new ArrayList<>();
            for (int i = 0; i < SWEEPERS; i++) {
                sweeps.add(threads.submit(() -> {
                    start.await();
                    Scratch.sweep(temporary, now);
                    return null;
                }));
            }
            for (Future<?> sweep : sweeps) {
                sweep.get();
            }
        } finally {
            threads.shutdownNow();
        }
        try (var left = Files.list(temporary)) {
            assertThat(left).containsExactly(fresh);
        }
    }
}
