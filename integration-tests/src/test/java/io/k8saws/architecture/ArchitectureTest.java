package io.k8saws.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.commons.annotation.Testable;

/** The code of all modules, as compiled, against the rules. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = Sources.compiled("target/classes");
    private static final JavaClasses TESTS = Sources.compiled("target/test-classes");

    static final List<ArchRule> RULES = Rules.ALL;

    @ParameterizedTest
    @FieldSource("RULES")
    void holds(ArchRule rule) {
        rule.check(CLASSES);
    }

    @Test
    void knowsTheModules() {
        assertThat(Sources.modules())
                .extracting(module -> module.getFileName().toString())
                .contains(
                        "benchmarks",
                        "integration-tests",
                        "k8saws-console",
                        "k8saws-core",
                        "k8saws-testkit",
                        "samples");
    }

    static List<Path> modules() {
        return Sources.modules();
    }

    /** The number that must be seen is the number of source files, so it rises by itself. */
    @ParameterizedTest
    @MethodSource("modules")
    void nothingEscapes(Path module) {
        long files = Sources.count(module.resolve("src/main/java"));

        assertThat(Sources.of(module, CLASSES))
                .as("classes compiled from the %d source files of %s", files, module.getFileName())
                .filteredOn(JavaClass::isTopLevelClass)
                .hasSizeGreaterThanOrEqualTo((int) files);
    }

    /** A test class of another name would be compiled and never run. */
    @Test
    void everyTestIsRun() {
        assertThat(TESTS)
                .filteredOn(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
                .filteredOn(type -> type.getAllMethods().stream().anyMatch(ArchitectureTest::isTest))
                .extracting(type -> type.getName().replaceFirst("\\$.*", ""))
                .contains(ArchitectureTest.class.getName())
                .allMatch(name -> name.endsWith("Test") || name.endsWith("IT"));
    }

    private static boolean isTest(JavaMethod method) {
        return method.getAnnotations().stream()
                .map(JavaAnnotation::getRawType)
                .anyMatch(type -> type.isMetaAnnotatedWith(Testable.class)
                        || type.isAnnotatedWith(Testable.class)
                        || type.getPackageName().equals("net.jqwik.api"));
    }
}
