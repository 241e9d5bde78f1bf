package io.k8saws.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClosingTest {
    @Test
    void whatWasOpenedIsClosed_alsoBehindWhatWasNotOpenedAndWhatFails() {
        List<String> closed = new ArrayList<>();
        IllegalStateException first = new IllegalStateException("first");
        IllegalStateException second = new IllegalStateException("second");

        assertThatThrownBy(() -> Closing.all(
                        null,
                        () -> {
                            throw first;
                        },
                        () -> closed.add("fleet"),
                        () -> {
                            throw second;
                        },
                        () -> closed.add("emulator")))
                .isSameAs(first)
                .hasSuppressedException(second);
        assertThat(closed).containsExactly("fleet", "emulator");
    }
}
