package io.k8saws.etcd.member;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What was done with the members of an etcd. Immutable.
 *
 * @param task what should come about
 * @param done the steps that were done, in that order
 * @param left the steps that were not; empty when all was done
 * @param took how long it took
 */
public record MemberReport(String task, List<MemberStep> done, List<MemberStep> left, Duration took) {
    /** Checks that no part is missing, and copies the lists. */
    public MemberReport {
        Objects.requireNonNull(task, "task");
        done = List.copyOf(done);
        left = List.copyOf(left);
        Objects.requireNonNull(took, "took");
    }

    /** Returns a line for each step. */
    @Override
    public String toString() {
        return task + ": " + done.size() + " done" + (left.isEmpty() ? "" : ", " + left.size() + " left") + " in "
                + took.toSeconds() + " s"
                + done.stream().map(step -> "\n" + step + ": done").collect(Collectors.joining())
                + left.stream().map(step -> "\n" + step + ": not done").collect(Collectors.joining());
    }
}
