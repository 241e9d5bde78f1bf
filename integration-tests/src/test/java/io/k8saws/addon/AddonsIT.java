package io.k8saws.addon;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.plan.Action;
import io.k8saws.testkit.ApiServer;
import io.k8saws.testkit.KubernetesApi;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AddonsIT {
    private static final AddonSite SITE = AddonSite.of("api.payments.example.com");

    private static ClusterSpec spec(CniKind cni) {
        return ClusterSpec.builder()
                .name("payments")
                .region("eu-west-1")
                .network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c"))
                .cni(c -> c.kind(cni))
                .build();
    }

    private static List<Addon> catalogue(CniKind cni) {
        return AddonCatalogue.of(spec(cni), SITE);
    }

    @ParameterizedTest
    @EnumSource(
            value = CniKind.class,
            names = {"FLANNEL", "CUSTOM"})
    void theWholeCatalogueIsAppliedAndASecondPlanIsEmpty(
            CniKind cni, @ApiServer(shared = false) KubernetesApi kubernetes) {
        Addons addons = Addons.on(kubernetes.client());
        List<Addon> wanted = catalogue(cni);

        AddonPlan plan = addons.plan(wanted);
        assertThat(plan.changes()).isNotEmpty().allMatch(change -> change.action() == Action.CREATE);
        AddonReport report = addons.apply(plan);

        assertThat(report.results()).hasSameSizeAs(plan.changes());
        AddonPlan second = addons.plan(wanted);
        assertThat(second.isEmpty()).as(second.toString()).isTrue();
        assertThat(second.objects()).hasSameSizeAs(plan.objects());
    }
}
