package io.k8saws.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The terminal of the program")
class SystemTerminalTest {
    @ParameterizedTest
    @DisplayName("is not used where lines cannot or should not move")
    @CsvSource({
        "TERM, dumb, false",
        "TERM, xterm, true",
        "CI, true, false",
        "CI, 1, false",
        "CI, false, true",
        "CI, '', true",
        "X, y, true"
    })
    void wanted(String variable, String value, boolean wanted) {
        assertThat(SystemTerminal.wanted(Map.of(variable, value))).isEqualTo(wanted);
    }

    @ParameterizedTest
    @DisplayName("has no colours when NO_COLOR has a value")
    @CsvSource({"NO_COLOR, 1, false", "NO_COLOR, 0, false", "NO_COLOR, '', true", "X, y, true"})
    void colours(String variable, String value, boolean colours) {
        assertThat(SystemTerminal.colours(Map.of(variable, value))).isEqualTo(colours);
    }

    @Test
    @DisplayName("is not opened in a CI run")
    void ci() {
        assertThat(SystemTerminal.open(Map.of("CI", "true"))).isEmpty();
    }
}
