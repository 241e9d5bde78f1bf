package io.k8saws.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives an {@link AwsEndpoint} to a parameter of a test, a life-cycle method or a test class's constructor.
 *
 * <pre>{@code
 * @Test
 * void vpcs_inAFreshRegion_areOnlyTheDefault(@AwsEmulator AwsEndpoint aws) { ... }
 * }</pre>
 *
 * <p>No other annotation is needed. See {@link Testbed} for the environment variables that decide what is started.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(TestbedExtension.class)
public @interface AwsEmulator {
    /**
     * Which emulator.
     *
     * @return moto unless said otherwise
     */
    AwsKind kind() default AwsKind.MOTO;

    /**
     * Whether all tests of this JVM that ask for this kind share one emulator. A shared one is ended when the test run ends. One that is
     * not shared belongs to this parameter, starts empty, and is ended with the test or, for a constructor or a {@code @BeforeAll} method,
     * with the class.
     *
     * @return true unless said otherwise
     */
    boolean shared() default true;
}
