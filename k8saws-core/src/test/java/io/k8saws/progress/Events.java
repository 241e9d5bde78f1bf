package io.k8saws.progress;

import io.k8saws.plan.Action;
import io.k8saws.plan.Outcome;
import io.k8saws.plan.ResourceAddress;
import java.time.Duration;
import java.util.List;

/** One event of each kind. */
final class Events {
    static final ResourceAddress VPC = ResourceAddress.parse("vpc/main");
    static final ResourceAddress NAT = ResourceAddress.parse("nat-gateway/eu-west-1a");

    static final List<ProgressEvent> ALL = List.of(
            new ProgressEvent.OperationStarted("apply", "payments", 12, Duration.ofSeconds(185)),
            new ProgressEvent.StepStarted(VPC, Action.CREATE, Duration.ofSeconds(2)),
            new ProgressEvent.StepRetrying(VPC, 1, Duration.ofMillis(350), "throttled"),
            new ProgressEvent.StepWaiting(NAT, "the gateway to be available", Duration.ofSeconds(31), "pending"),
            new ProgressEvent.StepFinished(
                    VPC, Action.CREATE, Outcome.DONE, Duration.ofMillis(1234), Duration.ofSeconds(120)),
            new ProgressEvent.StepFinished(NAT, Action.REPLACE, Outcome.FAILED, Duration.ofSeconds(61), Duration.ZERO),
            new ProgressEvent.StepFinished(NAT, Action.CREATE, Outcome.SKIPPED, Duration.ZERO, Duration.ZERO),
            new ProgressEvent.StepFinished(NAT, Action.DELETE, Outcome.UNKNOWN, Duration.ofSeconds(30), Duration.ZERO),
            new ProgressEvent.ComponentChanged("payments", "etcd-1 i-0a1b", "at mount-disks", false),
            new ProgressEvent.StageAdvanced("backup", "payments", "receive", 4096, 0, "bytes"),
            new ProgressEvent.StageAdvanced("backup", "payments", "receive", 36896, 36896, "bytes"),
            new ProgressEvent.OperationFinished("apply", "payments", 1, 3, Duration.ofMinutes(64)));

    private Events() {}
}
