package io.k8saws.testkit.fault;

/**
 * The run was killed at a chosen call, as if the process had died there.
 *
 * <p>This is an {@link Error}, so that code which handles exceptions does not survive its own death by accident. From then on
 * every call through the same {@link FaultyHttpClient} throws it at once: nothing more reaches AWS, not even from a
 * {@code finally} block or from another thread. To go on, make a new client, as a new process would.
 */
public final class RunKilledError extends Error {
    private static final long serialVersionUID = 1L;

    RunKilledError(String message) {
        super(message);
    }
}
