package io.k8saws.internal.seam;

import java.util.function.Function;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.core.SdkRequest;

/**
 * What the guarded clients have in common: an operation sends its request through the {@link Guard}.
 *
 * <p>The interfaces of the SDK's clients do the rest. Their other forms of an operation (builder lambdas, paginators) call the form with a request on the client
 * that they were called on, so each page is guarded, too. An operation that a guarded client does not list throws {@link UnsupportedOperationException} and sends
 * nothing; a test of the architecture holds the lists against the calls.
 */
abstract class GuardedClient<C extends SdkClient> implements SdkClient {
    final C aws;
    private final String service;
    private final Guard guard;
    private final CallListener listener;

    /**
     * Guards a client.
     *
     * @param aws sends each request once
     * @param service the service as IAM names it
     * @param guard what each request passes
     * @param listener hears of retries
     */
    GuardedClient(C aws, String service, Guard guard, CallListener listener) {
        this.aws = aws;
        this.service = service;
        this.guard = guard;
        this.listener = listener;
    }

    /**
     * Sends a request, as often as the guard says.
     *
     * @param request the request
     * @param operation sends it once
     * @return the answer
     */
    final <Q extends SdkRequest, A> A send(Q request, Function<Q, A> operation) {
        return guard.call(Operation.of(service, request), request, listener, () -> operation.apply(request));
    }

    @Override
    public final String serviceName() {
        return aws.serviceName();
    }

    /** Does nothing: the SDK's client is shared, and {@link GuardedClients} closes it. */
    @Override
    public final void close() {}
}
