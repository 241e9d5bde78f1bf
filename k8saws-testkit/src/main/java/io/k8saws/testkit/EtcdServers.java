package io.k8saws.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives an {@link EtcdCluster} to a parameter of a test, a life-cycle method or a test class's constructor.
 *
 * <pre>{@code
 * @Test
 * void cluster_withOneMemberDead_stillAnswers(@EtcdServers(members = 3, shared = false) EtcdCluster etcd) {
 *     etcd.kill(0);
 *     ...
 * }
 * }</pre>
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(TestbedExtension.class)
public @interface EtcdServers {
    /**
     * How many members.
     *
     * @return 3 unless said otherwise; from 1 to 9
     */
    int members() default 3;

    /**
     * Whether clients and peers speak TLS with client certificates.
     *
     * @return false unless said otherwise
     */
    boolean tls() default false;

    /**
     * Whether all tests of this JVM that ask for the same members and TLS share one cluster. Take false for a test that kills members.
     * See {@link AwsEmulator#shared()} for how long each lives.
     *
     * @return true unless said otherwise
     */
    boolean shared() default true;
}
