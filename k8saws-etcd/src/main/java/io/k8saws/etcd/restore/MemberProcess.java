package io.k8saws.etcd.restore;

import java.time.Duration;

/** An etcd on this machine that can be started and stopped. {@link EtcdProcess} is one. */
public interface MemberProcess {
    /**
     * Which etcd it is.
     *
     * @return a version, for example {@code 3.6.10}
     */
    String version();

    /**
     * Whether it runs.
     *
     * @return true from its start to its end
     */
    boolean isRunning();

    /**
     * Starts it. Returns when it was started, which is before it has a leader.
     *
     * @param limit how long it may take
     */
    void start(Duration limit);

    /**
     * Stops it. Returns when it is gone.
     *
     * @param limit how long it may take
     */
    void stop(Duration limit);

    /**
     * Waits until it has a leader and answers.
     *
     * @param limit how long it may take
     */
    void awaitHealthy(Duration limit);
}
