package io.k8saws.etcd.restore;

import java.time.Duration;

/** Runs a script on another machine, as SSM Run Command does on EC2. */
@FunctionalInterface
public interface RemoteShell {
    /**
     * Runs a script with bash, as root, to its end.
     *
     * @param script its text; holds no secret
     * @param limit how long it may take
     * @return what came of it
     * @throws io.k8saws.error.WaitTimeoutException if the limit is over; the script may still run
     * @throws io.k8saws.error.K8sAwsException if the machine cannot be reached
     */
    Result run(String script, Duration limit);

    /**
     * What came of a script.
     *
     * @param code its exit code
     * @param output its standard output
     * @param error the end of its standard error
     */
    record Result(int code, String output, String error) {}
}
