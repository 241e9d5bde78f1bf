package io.k8saws.testkit.fault;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What one fault does to a call that it hits. */
interface Effect {
    /**
     * Acts in front of the service.
     *
     * @return the error that the caller gets in the service's place, or null to let the request through
     * @throws IOException when the connection breaks before the request is sent
     */
    default @Nullable AwsError before(Exchange exchange) throws IOException {
        return null;
    }

    /**
     * Acts after the service has served the request.
     *
     * @throws IOException when the connection breaks before the answer arrives
     */
    default void after(Exchange exchange) throws IOException {}
}
