package io.k8saws.etcd.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.OperationCancelledException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SideBySideTest {
    private static final String WHAT = "read manifests of payments/main";

    private static void awaitEnd(CountDownLatch never) {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Who looks at the threads of a program sees what is done, and of whom. */
    @Test
    void threadsSayWhatTheyDo() {
        List<String> names = SideBySide.map(
                WHAT, List.of(1, 2, 3, 4), unused -> Thread.currentThread().getName());

        assertThat(names).hasSize(4).containsOnly("k8saws: read manifests of payments/main");
    }

    @Test
    void aFewAreDoneByWhoAsks() {
        assertThat(SideBySide.map(WHAT, List.of(1, 2), unused -> Thread.currentThread()))
                .containsOnly(Thread.currentThread());
    }

    @Test
    void anInterruptEndsAllAndIsKept() {
        Thread caller = Thread.currentThread();
        CountDownLatch never = new CountDownLatch(1);
        try {
            assertThatThrownBy(() -> SideBySide.map(WHAT, List.of(1, 2, 3, 4), one -> {
                        if (one == 1) {
                            caller.interrupt(); // once, or a late one would meet the next test of this thread
                        }
                        awaitEnd(never);
                        return one;
                    }))
                    .isInstanceOf(OperationCancelledException.class)
                    .hasMessageContaining("Read manifests of payments/main");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
