package io.k8saws.architecture;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.commons.annotation.Testable;
import software.amazon.awssdk.core.SdkClient;

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
                        "k8saws-dns",
                        "k8saws-etcd",
                        "k8saws-testkit",
                        "samples");
    }

    /** Of all modules of the library. What is called but not listed would fail where it is used; what is listed but not called would let the operator's policy grow. */
    @Test
    void theGuardedClientsListWhatIsCalled() {
        JavaClasses library = CLASSES.that(Rules.IN_LIBRARY);
        Set<String> listed = library.stream()
                .filter(type -> isClient(type) && !type.getModifiers().contains(JavaModifier.ABSTRACT))
                .flatMap(client -> client.getMethods().stream()
                        .filter(method -> !method.getModifiers().contains(JavaModifier.SYNTHETIC))
                        .map(method ->
                                client.getRawInterfaces().iterator().next().getSimpleName() + "." + method.getName()))
                .collect(toSet());
        Set<String> called = library.stream()
                .filter(type -> !isClient(type))
                .flatMap(type -> type.getCodeUnitAccessesFromSelf().stream())
                .filter(call -> call.getTargetOwner().isInterface() && isClient(call.getTargetOwner()))
                .filter(call -> !call.getName().equals("builder"))
                .map(call -> call.getTargetOwner().getSimpleName() + "."
                        + call.getName().replaceAll("(Paginator|AsBytes)$", ""))
                .collect(toSet());

        assertThat(listed).hasSizeGreaterThan(100).containsExactlyInAnyOrderElementsOf(called);
    }

    private static boolean isClient(JavaClass type) {
        return type.isAssignableTo(SdkClient.class);
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
