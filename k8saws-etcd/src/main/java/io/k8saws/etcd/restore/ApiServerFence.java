package io.k8saws.etcd.restore;

import java.time.Duration;

/** Keeps API servers away from etcd while it is restored. Both methods can be called again. */
public interface ApiServerFence {
    /** What {@link #none()} is about. */
    String NOBODY = "no API servers";

    /**
     * Which API servers it is about.
     *
     * @return for the plan, for example {@code 3 API servers of cluster payments}
     */
    String subject();

    /**
     * Stops them. Returns when none of them speaks to etcd.
     *
     * @param limit how long it may take
     */
    void raise(Duration limit);

    /**
     * Lets them start again.
     *
     * @param limit how long it may take
     */
    void lower(Duration limit);

    /**
     * For an etcd that no API server uses.
     *
     * @return a fence that does nothing
     */
    static ApiServerFence none() {
        return new ApiServerFence() {
            @Override
            public String subject() {
                return NOBODY;
            }

            @Override
            public void raise(Duration limit) {
                // there is nobody to stop
            }

            @Override
            public void lower(Duration limit) {
                // there is nobody to start
            }
        };
    }
}
