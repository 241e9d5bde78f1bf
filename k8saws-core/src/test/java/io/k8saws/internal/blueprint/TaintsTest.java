package io.k8saws.internal.blueprint;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.SampleSpecs;
import io.k8saws.cluster.TaintEffect;
import io.k8saws.internal.graph.ResourceGraph;
import io.k8saws.internal.resource.AutoScalingGroups;
import io.k8saws.internal.resource.AutoScalingGroups.AutoScalingGroup;
import io.k8saws.internal.resource.BucketObjects;
import io.k8saws.internal.resource.BucketObjects.BucketObject;
import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A pool may have several taints of one key")
class TaintsTest {
    private static ResourceGraph graph(List<TaintEffect> effects) {
        return BlueprintGoldenTest.graph(SampleSpecs.payments()
                .addNodePool(pool -> {
                    pool.name("tainted").instanceTypes("m6i.large");
                    effects.forEach(
                            effect -> pool.addTaint("dedicated", effect == TaintEffect.NO_EXECUTE ? "x" : "y", effect));
                })
                .build());
    }

    private static List<TaintEffect> effects(boolean turned) {
        List<TaintEffect> effects = new ArrayList<>(List.of(TaintEffect.values()));
        if (turned) {
            Collections.reverse(effects);
        }
        return effects;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theMachineLearnsOfAll(boolean turned) {
        BucketObject file = (BucketObject) graph(effects(turned))
                .find(new ResourceAddress(BucketObjects.KIND, "pool-tainted"))
                .orElseThrow()
                .attributes();

        assertThat(file.content().text())
                .contains("    - key: dedicated\n      value: x\n      effect: NoExecute\n")
                .contains("    - key: dedicated\n      value: \"y\"\n      effect: NoSchedule\n")
                .contains("    - key: dedicated\n      value: \"y\"\n      effect: PreferNoSchedule\n");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theAutoscalerLearnsOfTheStrictest(boolean turned) {
        AutoScalingGroup group = (AutoScalingGroup) graph(effects(turned))
                .find(new ResourceAddress(AutoScalingGroups.KIND, "tainted"))
                .orElseThrow()
                .attributes();

        assertThat(group.tags())
                .containsEntry("k8s.io/cluster-autoscaler/node-template/taint/dedicated", "x:NoExecute");
    }
}
