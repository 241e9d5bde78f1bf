package io.k8saws.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a {@link KubernetesApi} to a parameter of a test, a life-cycle method or a test class's constructor.
 *
 * <pre>{@code
 * @Test
 * void deployment_getsItsPods(@ApiServer(controllers = true, kwokNodes = 3) KubernetesApi kubernetes) { ... }
 * }</pre>
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(TestbedExtension.class)
public @interface ApiServer {
    /**
     * Whether the real kube-controller-manager and kube-scheduler run beside the API server. Without them objects are stored and nothing
     * follows from them.
     *
     * @return false unless said otherwise
     */
    boolean controllers() default false;

    /**
     * How many nodes kwok plays. They are named {@code kwok-0}, {@code kwok-1}, ... and are Ready; pods that are scheduled to them become
     * Running without a container being started.
     *
     * @return 0 unless said otherwise
     */
    int kwokNodes() default 0;

    /**
     * Whether all tests of this JVM that ask for the same settings share one API server. See {@link AwsEmulator#shared()} for how long each
     * lives. Tests that share one take namespaces of their own.
     *
     * @return true unless said otherwise
     */
    boolean shared() default true;
}
