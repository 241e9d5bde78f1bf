package io.k8saws.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.plan.Action;
import io.k8saws.plan.ApplyException;
import io.k8saws.plan.Change;
import io.k8saws.plan.Outcome;
import io.k8saws.plan.Plan;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

@DisplayName("Who watches an apply sees each change begin once and end once")
class ProgressIT {
    @Test
    void aReplacementIsOneStep_thoughItIsMadeAndDeletedApart(@AwsEmulator(shared = false) AwsEndpoint aws) {
        ClusterSpec spec = Specs.plain("watched").build();
        ClusterSpec changed = spec.with(b -> b.kubernetes(k -> k.putFeatureGate("WatchList", true)));
        try (K8sAws k8s = K8sAws.connect(aws.access(spec.region()))) {
            k8s.apply(k8s.plan(spec));
            Plan plan = k8s.plan(changed);
            assertThat(plan.changes()).extracting(Change::action).contains(Action.REPLACE);
            List<ProgressEvent> events = new CopyOnWriteArrayList<>();

            k8s.apply(plan, events::add);

            assertThat(of(events, ProgressEvent.OperationStarted.class))
                    .extracting(ProgressEvent.OperationStarted::steps)
                    .containsExactly(plan.changes().size());
            assertThat(of(events, ProgressEvent.StepStarted.class))
                    .hasSize(plan.changes().size())
                    .extracting(ProgressEvent.StepStarted::resource)
                    .doesNotHaveDuplicates();
            assertThat(of(events, ProgressEvent.StepFinished.class))
                    .hasSize(plan.changes().size())
                    .extracting(ProgressEvent.StepFinished::resource)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void aReplacementOfWhichOneHalfIsDone_endsWhenTheOtherIsNotTried(@AwsEmulator(shared = false) AwsEndpoint aws) {
        ClusterSpec spec = Specs.plain("watched").build();
        ClusterSpec changed = spec.with(b -> b.kubernetes(k -> k.putFeatureGate("WatchList", true)));
        try (K8sAws k8s = K8sAws.connect(aws.access(spec.region()))) {
            k8s.apply(k8s.plan(spec));
        }
        AwsAccess refusing = AwsAccess.builder()
                .region(spec.region())
                .endpoint(aws.uri())
                .credentials(aws.credentials())
                .httpClient(FaultyHttpClient.wrap(
                        UrlConnectionHttpClient.create(), Faults.none().deny("ec2:CreateLaunchTemplateVersion")))
                .build();
        try (K8sAws k8s = K8sAws.connect(refusing)) {
            Plan plan = k8s.plan(changed);
            List<ProgressEvent> events = new CopyOnWriteArrayList<>();

            assertThatThrownBy(() -> k8s.apply(plan, events::add)).isInstanceOf(ApplyException.class);

            List<ProgressEvent.StepFinished> ended = of(events, ProgressEvent.StepFinished.class);
            assertThat(ended)
                    .extracting(ProgressEvent.StepFinished::resource)
                    .doesNotHaveDuplicates()
                    .containsExactlyInAnyOrderElementsOf(of(events, ProgressEvent.StepStarted.class).stream()
                            .map(ProgressEvent.StepStarted::resource)
                            .toList());
            assertThat(ended)
                    .as("made, and the old one was not deleted")
                    .anyMatch(end -> end.action() == Action.REPLACE && end.outcome() == Outcome.SKIPPED);
        }
    }

    private static <E extends ProgressEvent> List<E> of(List<ProgressEvent> events, Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
