package io.k8saws.internal.seam;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FreshResourcesTest {
    private final FreshResources fresh = new FreshResources();

    @Test
    void whatWasMadeIsFresh_untilItIsDeleted() {
        fresh.add(List.of("k8saws-payments-f13a2c6a", ""));

        assertThat(fresh.namedIn("PutObject(Bucket=k8saws-payments-f13a2c6a)")).isTrue();
        assertThat(fresh.namedIn("PutObject(Bucket=another)")).isFalse();

        fresh.remove(List.of("k8saws-payments-f13a2c6a"));

        assertThat(fresh.namedIn("PutObject(Bucket=k8saws-payments-f13a2c6a)")).isFalse();
    }

    @Test
    void aPartOfALongerName_isNotFresh() {
        fresh.add(List.of("nodes", "demo"));

        assertThat(fresh.namedIn("GetRole(RoleName=nodes-of-demo-2)")).isFalse();
    }

    @Test
    void theNumberOfAVersion_namesNothing() {
        fresh.add(List.of("1", "  "));

        assertThat(fresh.namedIn("CreateAutoScalingGroup(MinSize=1)")).isFalse();
    }
}
