package io.k8saws.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.samples.QuickstartArguments.StopAfter;
import io.k8saws.samples.QuickstartArguments.WrongArgumentException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuickstartArgumentsTest {
    @Test
    void parse_nothing_isTheWholeStoryOfTheBuiltInCluster() {
        assertThat(parse(""))
                .isEqualTo(new QuickstartArguments(
                        Optional.empty(), 2, Optional.empty(), StopAfter.DESTROY, false, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--name shop --pools 7 --stop-after apply", "--stop-after=apply --pools=7 --name=shop"})
    void parse_values_areTakenInAnyOrderAndForm(String line) {
        assertThat(parse(line))
                .isEqualTo(new QuickstartArguments(
                        Optional.of("shop"), 7, Optional.empty(), StopAfter.APPLY, false, false));
    }

    @Test
    void parse_spec_isAFile() {
        assertThat(parse("--spec a/b.yaml").spec()).contains(Path.of("a/b.yaml"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "--pools 3 --help"})
    void parse_help_isAsked(String line) {
        assertThat(parse(line).help()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --hlep                     | there is no argument --hlep
                    plan                       | there is no argument plan
                    --name                     | --name wants a value
                    --name --pools 3           | --name wants a value
                    --name Shop                | --name 'Shop' is not 1 to 32
                    --name ends-               | --name 'ends-' is not 1 to 32
                    --pools 0                  | --pools '0' is not a number from 1 to 200
                    --pools 201                | --pools '201' is not a number from 1 to 200
                    --pools many               | --pools 'many' is not a number from 1 to 200
                    --pools -1                 | --pools '-1' is not a number from 1 to 200
                    --stop-after change        | --stop-after 'change' is none of plan, apply, destroy
                    --help=yes                 | --help takes no value
                    --spec a.yaml --pools 3    | take one of them
                    """)
    void parse_wrong_saysWhatIsWrong(String line, String message) {
        assertThatThrownBy(() -> parse(line))
                .isInstanceOf(WrongArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void help_namesEveryArgument() {
        assertThat(QuickstartArguments.HELP).contains("--name", "--pools", "--spec", "--stop-after", "--help");
    }

    private static QuickstartArguments parse(String line) {
        return QuickstartArguments.parse(line.isEmpty() ? List.of() : List.of(line.split(" ")));
    }
}
