package io.k8saws.dns.controller;

/** A note, for who leads next, that health checks were made: Route 53 tells of them by a call alone, and who never made one shall make no call. */
interface CheckNote {
    /** Whether somebody has left it. Blocks; throws what the call throws. */
    boolean isThere();

    /** Leaves it. Blocks; throws what the call throws. */
    void leave();

    /** Where there is nothing to write on. */
    static CheckNote none() {
        return new CheckNote() {
            @Override
            public boolean isThere() {
                return false;
            }

            @Override
            public void leave() {}
        };
    }
}
