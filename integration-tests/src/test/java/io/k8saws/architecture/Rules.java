package io.k8saws.architecture;

import static com.tngtech.archunit.lang.conditions.ArchConditions.beAssignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import software.amazon.awssdk.core.SdkClient;

/** The rules. Which module a class belongs to follows from its package, so that offenders can be planted. */
final class Rules {
    /** First package below {@code io.k8saws} of each module but core, which has all the others. */
    private static final Set<String> OTHER_MODULES = Set.of(
            "benchmarks",
            "certs",
            "console",
            "delivery",
            "dns",
            "etcd",
            "federation",
            "iam",
            "integrationtests",
            "samples",
            "testkit");

    private static final String ROOT = "io.k8saws";

    /** There is one seam to AWS for all modules: decision 0028. */
    private static final String SEAM = "io.k8saws.internal.seam";

    static final DescribedPredicate<JavaClass> IN_CORE =
            DescribedPredicate.describe("are in core", c -> module(c).equals("core"));

    /** What runs in somebody else's program. */
    static final DescribedPredicate<JavaClass> IN_LIBRARY = DescribedPredicate.describe(
            "are in the library",
            c -> isOurs(c)
                    && !Set.of("benchmarks", "samples", "testkit").contains(module(c))
                    && !c.getPackageName().endsWith("jmh_generated"));

    static final ArchRule INTERNAL_STAYS_INTERNAL = classes()
            .that(DescribedPredicate.describe("are ours", Rules::isOurs))
            .should(
                    new ArchCondition<>(
                            "use internal packages of their own module only, or in the library core's seam") {
                        @Override
                        public void check(JavaClass origin, ConditionEvents events) {
                            for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                                JavaClass target = dependency.getTargetClass();
                                boolean seam = target.getPackageName().equals(SEAM) && IN_LIBRARY.test(origin);
                                if (isInternal(target)
                                        && !seam
                                        && !module(target).equals(module(origin))) {
                                    events.add(SimpleConditionEvent.violated(origin, dependency.getDescription()));
                                }
                            }
                        }
                    });

    static final ArchRule MODULES_USE_CORE_ALONE = classes()
            .that(IN_LIBRARY)
            .should(new ArchCondition<>("use no other module than core") {
                @Override
                public void check(JavaClass origin, ConditionEvents events) {
                    for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                        JavaClass target = dependency.getTargetClass();
                        if (isOurs(target)
                                && !module(target).equals("core")
                                && !module(target).equals(module(origin))) {
                            events.add(SimpleConditionEvent.violated(origin, dependency.getDescription()));
                        }
                    }
                }
            });

    static final ArchRule NO_PACKAGE_CYCLES =
            slices().assignedFrom(new Packages()).should().beFreeOfCycles();

    static final ArchRule AWS_ONLY_AT_THE_SEAM = noClasses()
            .that(IN_LIBRARY)
            .and()
            .resideOutsideOfPackages(
                    "io.k8saws.internal.seam..",
                    "io.k8saws.internal.resource..",
                    "io.k8saws.aws..",
                    "io.k8saws.internal.state..",
                    "io.k8saws.dns.internal.route53..",
                    "io.k8saws.etcd.envelope..",
                    "io.k8saws.etcd.ssm..",
                    "io.k8saws.etcd.store..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("software.amazon.awssdk..");

    static final ArchRule ONE_CLASS_MAKES_CLIENTS = noClasses()
            .that(IN_LIBRARY)
            .and()
            .doNotHaveFullyQualifiedName("io.k8saws.internal.seam.GuardedClients")
            .should()
            .accessTargetWhere(calls("builder of an AWS client", SdkClient.class, "builder")
                    .or(calls("create", SdkClient.class, "create")));

    static final ArchRule CLIENTS_OF_OURS_SEND_BY_THE_GUARD = classes()
            .that(IN_CORE)
            .and()
            .areAssignableTo(SdkClient.class)
            .and()
            .doNotHaveModifier(JavaModifier.ABSTRACT)
            .should(new ArchCondition<>("call send in each operation") {
                @Override
                public void check(JavaClass origin, ConditionEvents events) {
                    for (JavaMethod operation : origin.getMethods()) {
                        boolean sends = operation.getMethodCallsFromSelf().stream()
                                .anyMatch(call -> call.getTarget().getName().equals("send"));
                        if (isVisible(operation) && !sends) {
                            events.add(SimpleConditionEvent.violated(
                                    operation, operation.getDescription() + " does not call send"));
                        }
                    }
                }
            })
            .allowEmptyShould(true);

    static final ArchRule FOREIGN_TYPES_STAY_OUT_OF_SIGNATURES = classes()
            .that(DescribedPredicate.describe("are for users", Rules::isForUsers))
            .should(new ArchCondition<>("have no foreign type in a public or protected signature") {
                @Override
                public void check(JavaClass origin, ConditionEvents events) {
                    signature(origin)
                            .filter(type -> isForeign(type, module(origin), origin.getPackageName()))
                            .map(JavaClass::getName)
                            .distinct()
                            .forEach(name -> events.add(
                                    SimpleConditionEvent.violated(origin, origin.getName() + " shows " + name)));
                }
            })
            .allowEmptyShould(true);

    static final ArchRule JETCD_ONLY_AT_ITS_SEAM = noClasses()
            .that(IN_LIBRARY)
            .and()
            .resideOutsideOfPackage("io.k8saws.etcd.internal.seam..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.google.protobuf..", "io.etcd..", "io.grpc..", "io.netty..")
            .allowEmptyShould(true);

    static final ArchRule ONE_CLASS_SLEEPS = noClasses()
            .that(IN_LIBRARY)
            .and()
            .doNotHaveFullyQualifiedName("io.k8saws.internal.seam.Sleeper")
            .and()
            .doNotHaveFullyQualifiedName("io.k8saws.etcd.internal.seam.Pause")
            .should()
            .callMethodWhere(calls("Thread.sleep", Thread.class, "sleep"))
            .orShould()
            .callMethodWhere(calls("TimeUnit.sleep", TimeUnit.class, "sleep"));

    /** Whoever opens the library may give it a clock. A lock file's age is told by the clock that the file system has. */
    static final ArchRule THE_TIME_IS_THE_LIBRARYS = noClasses()
            .that(IN_CORE)
            .and()
            .doNotHaveFullyQualifiedName("io.k8saws.K8sAws$Builder")
            .and()
            .doNotHaveFullyQualifiedName("io.k8saws.kubeconfig.LockFile")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC");

    static final ArchRule NO_STANDARD_STREAMS = noClasses()
            .that(DescribedPredicate.describe(
                    "are in the library but for the console, or the testkit",
                    c -> Set.of("core", "etcd", "testkit").contains(module(c))))
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethodWhere(calls("printStackTrace", Throwable.class, "printStackTrace"));

    static final ArchRule LOGS_GO_TO_SLF4J_AND_ARE_QUIET = noClasses()
            .that(IN_LIBRARY)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.util.logging..")
            .orShould()
            .callMethodWhere(calls("Logger.info", org.slf4j.Logger.class, "info"));

    static final ArchRule ASYNC_NAMES_ITS_EXECUTOR = noClasses()
            .that(DescribedPredicate.describe("are ours", Rules::isOurs))
            .should()
            .callMethodWhere(DescribedPredicate.describe("...Async without an executor", access -> {
                AccessTarget.CodeUnitCallTarget target = (AccessTarget.CodeUnitCallTarget) access.getTarget();
                return target.getOwner().isAssignableTo(CompletionStage.class)
                        && target.getName().endsWith("Async")
                        && target.getRawParameterTypes().stream().noneMatch(p -> p.isAssignableTo(Executor.class));
            }))
            .orShould()
            .callMethodWhere(calls("ForkJoinPool.commonPool", ForkJoinPool.class, "commonPool"));

    static final ArchRule EXCEPTIONS_HAVE_ONE_ROOT = classes()
            .that(IN_LIBRARY)
            .and()
            .areAssignableTo(Throwable.class)
            .should(beAssignableTo("io.k8saws.error.K8sAwsException"))
            .allowEmptyShould(true);

    static final ArchRule NO_MUTABLE_STATIC_STATE = fields().that()
            .areStatic()
            .and()
            .areDeclaredInClassesThat(IN_LIBRARY)
            .should(new ArchCondition<>("be final and of a type that does not change") {
                @Override
                public void check(JavaField field, ConditionEvents events) {
                    boolean isFinal = field.getModifiers().contains(JavaModifier.FINAL);
                    if (!isFinal || isMutable(field.getRawType())) {
                        events.add(SimpleConditionEvent.violated(field, field.getDescription() + " can change"));
                    }
                }
            })
            .allowEmptyShould(true);

    static final ArchRule PACKAGES_ARE_NULL_MARKED = classes()
            .that(DescribedPredicate.describe("are ours", Rules::isOurs))
            .and()
            .resideOutsideOfPackage("..jmh_generated..")
            .should(new ArchCondition<>("be in a package with a package-info that is @NullMarked") {
                @Override
                public void check(JavaClass origin, ConditionEvents events) {
                    if (!origin.getPackage().isAnnotatedWith(NullMarked.class)) {
                        events.add(SimpleConditionEvent.violated(
                                origin, origin.getPackageName() + " is not @NullMarked: see " + origin.getName()));
                    }
                }
            });

    /** Every rule that looks at the code of the modules. */
    static final List<ArchRule> ALL = List.of(
            INTERNAL_STAYS_INTERNAL,
            MODULES_USE_CORE_ALONE,
            NO_PACKAGE_CYCLES,
            AWS_ONLY_AT_THE_SEAM,
            ONE_CLASS_MAKES_CLIENTS,
            CLIENTS_OF_OURS_SEND_BY_THE_GUARD,
            FOREIGN_TYPES_STAY_OUT_OF_SIGNATURES,
            JETCD_ONLY_AT_ITS_SEAM,
            ONE_CLASS_SLEEPS,
            THE_TIME_IS_THE_LIBRARYS,
            NO_STANDARD_STREAMS,
            LOGS_GO_TO_SLF4J_AND_ARE_QUIET,
            ASYNC_NAMES_ITS_EXECUTOR,
            EXCEPTIONS_HAVE_ONE_ROOT,
            NO_MUTABLE_STATIC_STATE,
            PACKAGES_ARE_NULL_MARKED);

    private Rules() {}

    private static boolean isOurs(JavaClass type) {
        return (type.getPackageName() + ".").startsWith(ROOT + ".");
    }

    private static String module(JavaClass type) {
        if (!isOurs(type)) {
            return "";
        }
        String[] segments = type.getPackageName().split("\\.", -1);
        return segments.length > 2 && OTHER_MODULES.contains(segments[2]) ? segments[2] : "core";
    }

    private static boolean isInternal(JavaClass type) {
        return isOurs(type) && (type.getPackageName() + ".").contains(".internal.");
    }

    private static boolean isForUsers(JavaClass type) {
        if (!isOurs(type) || isInternal(type)) {
            return false;
        }
        JavaClass c = type;
        while (c.getModifiers().contains(JavaModifier.PUBLIC)) {
            if (c.getEnclosingClass().isEmpty()) {
                return true;
            }
            c = c.getEnclosingClass().get();
        }
        return false;
    }

    private static Stream<JavaClass> signature(JavaClass type) {
        Stream<JavaType> parents = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
        Stream<JavaType> fields =
                type.getFields().stream().filter(Rules::isVisible).map(JavaField::getType);
        Stream<JavaType> units = type.getCodeUnits().stream()
                .filter(Rules::isVisible)
                .flatMap(unit -> Stream.concat(
                        Stream.concat(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream()),
                        thrown(unit)));
        return Stream.of(parents, fields, units).flatMap(s -> s).flatMap(t -> t.getAllInvolvedRawTypes().stream());
    }

    private static Stream<JavaType> thrown(JavaCodeUnit unit) {
        return unit.getThrowsClause().getTypes().stream().map(JavaType.class::cast);
    }

    private static boolean isVisible(JavaMember member) {
        Set<JavaModifier> modifiers = member.getModifiers();
        return !modifiers.contains(JavaModifier.SYNTHETIC)
                && (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED));
    }

    private static boolean isForeign(JavaClass type, String module, String fromPackage) {
        String name = type.getBaseComponentType().getPackageName() + ".";
        if (name.startsWith("software.amazon.awssdk.")) {
            return !module.equals("testkit") && !(fromPackage + ".").startsWith("io.k8saws.aws.");
        }
        return Stream.of(
                        "com.cronutils.",
                        "com.fasterxml.jackson.",
                        "com.github.luben.",
                        "com.github.seancfoley.",
                        "com.google.",
                        "com.samskivert.",
                        "inet.ipaddr.",
                        "io.etcd.",
                        "io.github.resilience4j.",
                        "io.grpc.",
                        "io.netty.",
                        "io.vertx.",
                        "org.immutables.",
                        "org.jline.",
                        "org.slf4j.",
                        "org.snakeyaml.",
                        "tools.jackson.")
                .anyMatch(name::startsWith);
    }

    private static boolean isMutable(JavaClass type) {
        return type.getPackageName().equals("java.util.concurrent.atomic")
                || Stream.of(
                                java.util.AbstractCollection.class,
                                java.util.AbstractMap.class,
                                ConcurrentMap.class,
                                java.util.Queue.class,
                                StringBuilder.class,
                                ThreadLocal.class)
                        .anyMatch(type::isAssignableTo);
    }

    private static DescribedPredicate<JavaAccess<?>> calls(String description, Class<?> owner, String name) {
        return DescribedPredicate.describe(
                description,
                access -> access.getTargetOwner().isAssignableTo(owner)
                        && access.getTarget().getName().equals(name));
    }

    /** Each package is a slice of its own. */
    private static final class Packages implements SliceAssignment {
        @Override
        public String getDescription() {
            return "packages";
        }

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return isOurs(type) ? SliceIdentifier.of(type.getPackageName()) : SliceIdentifier.ignore();
        }
    }
}
