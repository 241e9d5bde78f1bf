package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import java.util.Map;

/** What AWS's refusals mean to a kind that made the call. */
final class Answers {
    private Answers() {}

    /** Whether AWS does not know what the request named. */
    static boolean notThere(AwsCallException e) {
        return e.code().contains("NotFound") || e.code().equals("NoSuchEntity");
    }

    /** Whether AWS refused a name that is in use. */
    static boolean alreadyThere(AwsCallException e) {
        return e.code().contains("AlreadyExists") || e.code().endsWith(".Duplicate");
    }

    /** The error for a name or an address that something holds which is not this cluster's. */
    static K8sAwsException taken(Step step, String what, String id, Throwable cause) {
        return new K8sAwsException(
                "Create " + step.address(),
                what + " is taken by " + id + ", which does not belong to cluster "
                        + step.scope().cluster(),
                "delete or rename it, or give the cluster another name",
                Map.of("found", id),
                cause);
    }
}
