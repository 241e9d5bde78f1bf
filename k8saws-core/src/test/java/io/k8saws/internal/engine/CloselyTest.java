package io.k8saws.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.internal.resource.AutoScalingGroups;
import io.k8saws.internal.resource.LaunchTemplates;
import io.k8saws.internal.resource.ResourceKinds;
import io.k8saws.plan.Action;
import io.k8saws.plan.Cause;
import io.k8saws.plan.Change;
import io.k8saws.plan.FieldChange;
import io.k8saws.plan.Plan;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CloselyTest {
    private static final ResourceAddress GENERAL = new ResourceAddress(AutoScalingGroups.KIND, "general");
    private static final ResourceAddress BATCH = new ResourceAddress(AutoScalingGroups.KIND, "batch");
    private static final ResourceAddress TEMPLATE = new ResourceAddress(LaunchTemplates.KIND, "general");

    private static Change update(ResourceAddress address, String field) {
        return new Change(
                address,
                Action.UPDATE,
                Risk.SAFE,
                new Cause(Cause.Kind.DRIFT, ""),
                Optional.of("id"),
                List.of(new FieldChange(field, "removed", "")),
                List.of());
    }

    private static Plan plan(Change... changes) {
        return new Plan(
                Plan.Purpose.CONVERGE,
                "payments",
                "eu-west-1",
                "123456789012",
                Optional.empty(),
                1,
                List.of(changes),
                0,
                List.of());
    }

    @Test
    void anApplyLooksCloselyAtWhatItsPlanSawClosely_andAtNothingElse() {
        var closely = Closely.asFor(
                plan(update(GENERAL, "alteredHooks[drain]"), update(BATCH, "maxSize"), update(TEMPLATE, "tags[team]")),
                ResourceKinds.all());
        assertThat(closely).accepts(GENERAL).rejects(BATCH, TEMPLATE);
    }

    @Test
    void aFieldCountsForItsOwnKindOnly() {
        var closely = Closely.asFor(
                plan(update(GENERAL, "alteredTags[team]"), update(TEMPLATE, "alteredTags[team]")), ResourceKinds.all());
        assertThat(closely).accepts(TEMPLATE).rejects(GENERAL);
    }

    @Test
    void aPlanOfKindsThatNobodyKnows_isLookedAtAsAnyOther() {
        var closely = Closely.asFor(
                plan(update(new ResourceAddress("gadget", "one"), "alteredTags[team]")), ResourceKinds.all());
        assertThat(closely).rejects(GENERAL, new ResourceAddress("gadget", "one"));
    }
}
