package io.k8saws.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A host where machines cannot run is told the reason")
class MachineHostTest {
    private static final Optional<String> GIVEN = Optional.empty();
    private static final Optional<Path> THERE = Optional.empty();
    private static final Optional<String> REFUSED = Optional.of("unshare: unshare failed: Operation not permitted");
    private static final Optional<Path> ABSENT = Optional.of(Path.of("/somewhere/machines/root"));

    static Stream<Arguments> lacking() {
        return Stream.of(
                arguments(
                        new MachineHost("Mac OS X", "root", GIVEN, true, 512, THERE),
                        "not Linux but Mac OS X",
                        "Linux"),
                arguments(new MachineHost("Linux", "ada", GIVEN, true, 512, THERE), "runs as 'ada'", "Run as root"),
                arguments(new MachineHost("Linux", "", GIVEN, true, 512, THERE), "runs as ''", "Run as root"),
                arguments(
                        new MachineHost("Linux", "root", REFUSED, true, 512, THERE),
                        "no namespaces with a network of their own: unshare: unshare failed: Operation not permitted",
                        "CAP_SYS_ADMIN"),
                arguments(
                        new MachineHost("Linux", "0", GIVEN, false, 512, THERE),
                        "/dev/loop-control cannot be opened",
                        "module 'loop'"),
                arguments(
                        new MachineHost("Linux", "root", GIVEN, true, 511, THERE),
                        "/proc/sys/fs/inotify/max_user_instances is 511, less than 512",
                        "testbed/install machines"),
                arguments(
                        new MachineHost("Linux", "root", GIVEN, true, 512, ABSENT),
                        "there is no /somewhere/machines/root",
                        "testbed/install machines"),
                // who lacks more is told the first, from which the others often follow
                arguments(new MachineHost("Windows 11", "ada", GIVEN, false, 0, ABSENT), "not Linux", "Linux"),
                arguments(new MachineHost("Linux", "ada", GIVEN, false, 0, ABSENT), "runs as 'ada'", "Run as root"),
                arguments(new MachineHost("Linux", "root", REFUSED, false, 0, ABSENT), "no namespaces", "util-linux"),
                arguments(new MachineHost("Linux", "root", GIVEN, false, 0, ABSENT), "loop", "loop"),
                arguments(new MachineHost("Linux", "root", GIVEN, true, 0, ABSENT), "inotify", "after each boot"));
    }

    @ParameterizedTest
    @MethodSource("lacking")
    void reasonAndCure(MachineHost host, String why, String cure) {
        assertThat(host.lack()).get().satisfies(lack -> {
            assertThat(lack.why()).contains(why);
            assertThat(lack.cure()).contains(cure);
        });
        assertThatThrownBy(host::require)
                .isInstanceOf(TestbedException.class)
                .hasMessageStartingWith("Start node machines: ")
                .hasMessageContainingAll(why, cure);
    }

    @Test
    void hostWithAll_lacksNothing() {
        MachineHost host = new MachineHost("Linux", "root", GIVEN, true, MachineHost.LEAST_WATCHES, THERE);

        assertThat(host.lack()).isEmpty();
        assertThatCode(host::require).doesNotThrowAnyException();
    }
}
