package io.k8saws.samples;

import io.k8saws.error.K8sAwsException;
import io.k8saws.testkit.AwsEndpoint;
import java.net.URI;
import java.util.Locale;
import java.util.stream.Stream;

/** Keeps {@code ./quickstart} and {@code ./jshell --testbed} away from AWS itself: the variable for the endpoint is meant for emulators, and both change what they find. */
public final class OnlyEmulators {
    private OnlyEmulators() {}

    /**
     * Refuses an endpoint of AWS itself.
     *
     * @param endpoint what the testbed started, or the environment names
     * @return the same endpoint
     * @throws K8sAwsException if its host is one of AWS's
     */
    public static AwsEndpoint require(AwsEndpoint endpoint) {
        require(endpoint.uri());
        return endpoint;
    }

    static void require(URI endpoint) {
        // hosts know no case and may end with the root's dot
        String host =
                String.valueOf(endpoint.getHost()).toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        if (Stream.of(".amazonaws.com", ".amazonaws.com.cn", ".api.aws").anyMatch(host::endsWith)) {
            throw new K8sAwsException(
                    "Use " + endpoint,
                    "this is AWS, and ./quickstart and ./jshell --testbed only work on emulators",
                    "unset K8SAWS_AWS_ENDPOINT, or try samples/run Provision or ./jshell without --testbed");
        }
    }
}
