package io.k8saws.etcd.rescue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.etcd.registry.ResourceKey;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExclusionTest {
    @ParameterizedTest
    @CsvSource({
        "/registry/masterleases/10.0.0.1, 7, true, true",
        "/registry/ranges/serviceips, 0, true, true",
        "/registry/events/shop/web.1, 7, true, false",
        "/registry/leases/kube-node-lease/n, 0, true, false",
        "/registry/configmaps/shop/a, 0, false, false",
        "/registry/configmaps/shop/a, 7, true, true",
        "/mine, 0, false, false",
        "/mine, 7, true, true"
    })
    void whatIsOfNoUseIsLeftOut(String key, long lease, boolean excluded, boolean alsoWithShortLived) {
        var resource = ResourceKey.of(key.getBytes(UTF_8));
        assertThat(Exclusion.reason(resource, lease, false).isPresent()).isEqualTo(excluded);
        assertThat(Exclusion.reason(resource, lease, true).isPresent()).isEqualTo(alsoWithShortLived);
    }
}
