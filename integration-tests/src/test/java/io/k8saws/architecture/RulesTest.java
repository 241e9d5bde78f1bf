package io.k8saws.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.k8saws.architecture.planted.Offenders;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule fails for what was planted for it, and for nothing else. */
class RulesTest {
    private static final String PLANTED = "io.k8saws.architecture.planted.";
    private static final String OFFENDERS = Offenders.class.getName() + "$";

    private static final JavaClasses CLASSES =
            new ClassFileImporter().importPackages("io.k8saws.architecture.planted", "io.k8saws.samples.planted");

    static final List<ArchRule> RULES = Rules.ALL;

    static Stream<Arguments> offenders() {
        return Stream.of(
                arguments(Rules.INTERNAL_STAYS_INTERNAL, List.of("io.k8saws.samples.planted.ReachesIn")),
                arguments(Rules.MODULES_USE_CORE_ALONE, List.of(OFFENDERS + "UsesAnotherModule")),
                arguments(Rules.NO_PACKAGE_CYCLES, List.of(PLANTED + "one.One", PLANTED + "two.Two")),
                arguments(Rules.AWS_ONLY_AT_THE_SEAM, List.of(OFFENDERS + "UsesAws")),
                arguments(Rules.ONE_CLASS_MAKES_CLIENTS, List.of(OFFENDERS + "MakesAClient")),
                arguments(Rules.ONE_CLASS_MAKES_CLIENTS, List.of(OFFENDERS + "MakesABuilder")),
                arguments(Rules.CLIENTS_OF_OURS_SEND_BY_THE_GUARD, List.of(OFFENDERS + "GoesAroundTheGuard")),
                arguments(Rules.FOREIGN_TYPES_STAY_OUT_OF_SIGNATURES, List.of(OFFENDERS + "ShowsAws")),
                arguments(Rules.FOREIGN_TYPES_STAY_OUT_OF_SIGNATURES, List.of(OFFENDERS + "ShowsLogger")),
                arguments(Rules.JETCD_ONLY_AT_ITS_SEAM, List.of(OFFENDERS + "UsesGrpc")),
                arguments(Rules.ONE_CLASS_SLEEPS, List.of(OFFENDERS + "Sleeps")),
                arguments(Rules.ONE_CLASS_SLEEPS, List.of(OFFENDERS + "SleepsByUnit")),
                arguments(Rules.THE_TIME_IS_THE_LIBRARYS, List.of(OFFENDERS + "LooksAtTheClock")),
                arguments(Rules.THE_TIME_IS_THE_LIBRARYS, List.of(OFFENDERS + "HasAClockOfItsOwn")),
                arguments(Rules.NO_STANDARD_STREAMS, List.of(OFFENDERS + "Prints")),
                arguments(Rules.NO_STANDARD_STREAMS, List.of(OFFENDERS + "PrintsTraces")),
                arguments(Rules.LOGS_GO_TO_SLF4J_AND_ARE_QUIET, List.of(OFFENDERS + "LogsInfo")),
                arguments(Rules.LOGS_GO_TO_SLF4J_AND_ARE_QUIET, List.of(OFFENDERS + "LogsElsewhere")),
                arguments(Rules.ASYNC_NAMES_ITS_EXECUTOR, List.of(OFFENDERS + "RunsAnywhere")),
                arguments(Rules.EXCEPTIONS_HAVE_ONE_ROOT, List.of(OFFENDERS + "UnrelatedException")),
                arguments(Rules.NO_MUTABLE_STATIC_STATE, List.of(OFFENDERS + "Counts")),
                arguments(Rules.NO_MUTABLE_STATIC_STATE, List.of(OFFENDERS + "CountsInBox")),
                arguments(Rules.PACKAGES_ARE_NULL_MARKED, List.of(PLANTED + "unmarked.Unmarked")));
    }

    @ParameterizedTest
    @MethodSource("offenders")
    void catches(ArchRule rule, List<String> offenders) {
        assertThat(rule.evaluate(only(offenders)).hasViolation()).isTrue();
    }

    @ParameterizedTest
    @FieldSource("RULES")
    void leavesTheBlamelessAlone(ArchRule rule) {
        rule.allowEmptyShould(true).check(only(List.of(OFFENDERS + "Blameless")));
    }

    @Test
    void everyRuleHasAnOffender() {
        assertThat(offenders().map(arguments -> arguments.get()[0])).containsAll(Rules.ALL);
    }

    private static JavaClasses only(List<String> names) {
        return CLASSES.that(DescribedPredicate.describe("are planted for the rule", c -> names.contains(c.getName())));
    }
}
