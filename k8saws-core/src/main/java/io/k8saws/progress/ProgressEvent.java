package io.k8saws.progress;

import io.k8saws.plan.Action;
import io.k8saws.plan.Outcome;
import io.k8saws.plan.ResourceAddress;
import java.time.Duration;

/**
 * Something that happened during an operation. Events of one operation arrive one after another, in the order in which they happened, and hold no
 * secrets. A minor release may add a kind of event: ignore those that you do not know.
 */
public sealed interface ProgressEvent {
    /**
     * An operation begins.
     *
     * @param operation the verb, for example {@code apply}
     * @param cluster the cluster's name
     * @param steps how many steps it has
     * @param estimate how long it is expected to take, from the critical path of its steps; zero when nothing is known
     */
    record OperationStarted(String operation, String cluster, int steps, Duration estimate) implements ProgressEvent {}

    /**
     * A step begins.
     *
     * @param resource the resource it works on
     * @param action what it does
     * @param estimate how long it is expected to take
     */
    record StepStarted(ResourceAddress resource, Action action, Duration estimate) implements ProgressEvent {}

    /**
     * A call of a step failed and will be sent again.
     *
     * @param resource the resource the step works on
     * @param attempt the attempt that failed, from 1
     * @param delay the pause before the next attempt
     * @param reason why it failed, in a few words
     */
    record StepRetrying(ResourceAddress resource, int attempt, Duration delay, String reason)
            implements ProgressEvent {}

    /**
     * A step waits for AWS to finish something.
     *
     * @param resource the resource the step works on
     * @param waitingFor what it waits for, in a few words
     * @param elapsed how long it has waited
     * @param lastSeen what was seen last, for example {@code pending}
     */
    record StepWaiting(ResourceAddress resource, String waitingFor, Duration elapsed, String lastSeen)
            implements ProgressEvent {}

    /**
     * A step ended.
     *
     * @param resource the resource it worked on
     * @param action what it did
     * @param outcome what came of it
     * @param took how long it took
     * @param remaining how long the rest of the operation is expected to take, from the critical path of the steps that are left
     */
    record StepFinished(ResourceAddress resource, Action action, Outcome outcome, Duration took, Duration remaining)
            implements ProgressEvent {}

    /**
     * Something of a cluster that becomes ready has changed: a machine, the API, an add-on.
     *
     * @param cluster the cluster's name
     * @param component what has changed, for example {@code etcd-1 i-0a1b}
     * @param state where it stands, in one line
     * @param ready whether it is what it shall be
     */
    record ComponentChanged(String cluster, String component, String state, boolean ready) implements ProgressEvent {}

    /**
     * A stage of an operation that moves much has come further: bytes that are received or sent, keys that are read. The last event of a stage has as many done as there are.
     *
     * @param operation the verb, for example {@code backup}
     * @param subject what it works on, for example a cluster's name
     * @param stage the stage, for example {@code receive}
     * @param done how much is done
     * @param total how much there is; 0 as long as that is not known
     * @param unit of what, for example {@code bytes}
     */
    record StageAdvanced(String operation, String subject, String stage, long done, long total, String unit)
            implements ProgressEvent {
        /**
         * Whether this is the last event of its stage.
         *
         * @return true when all is done and it is known how much that is
         */
        public boolean complete() {
            return total > 0 && done >= total;
        }
    }

    /**
     * An operation ended.
     *
     * @param operation the verb
     * @param cluster the cluster's name
     * @param done steps done
     * @param notDone steps that failed, were skipped or are unknown
     * @param took wall time of the operation
     */
    record OperationFinished(String operation, String cluster, int done, int notDone, Duration took)
            implements ProgressEvent {}
}
