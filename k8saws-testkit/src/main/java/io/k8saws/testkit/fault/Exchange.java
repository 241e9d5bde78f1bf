package io.k8saws.testkit.fault;

import java.time.Duration;

/** One request on its way, as the faults see it. */
interface Exchange {
    /** What is asked. */
    SeenRequest seen();

    /** How many calls this fault has been asked about so far, from 1: all calls that pass the fault's own condition. */
    int ordinal();

    /** Names the injected fault, with the seed and the call, for a message. */
    String injected(String fault);

    /** Blocks for a time, or until the SDK gives the request up. */
    void pause(Duration time) throws java.io.IOException;

    /** Ends the run: this and every later call throws. */
    RunKilledError kill(String message);
}
