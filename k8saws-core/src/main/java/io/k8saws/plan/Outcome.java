package io.k8saws.plan;

/** What came of one {@link Change} of a plan. */
public enum Outcome {
    /** Done, or found to be done already. */
    DONE,
    /** Tried and refused; {@link StepResult#error()} says why. */
    FAILED,
    /** Not tried, because something it needs failed or the run was cancelled. */
    SKIPPED,
    /** Sent, but the answer was lost; the next plan reads what became of it. */
    UNKNOWN
}
