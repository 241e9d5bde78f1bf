package io.k8saws.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ClusterSpecPropertiesTest {

    @Provide
    Arbitrary<ClusterSpec> specs() {
        return SpecGenerator.specs();
    }

    @Property(tries = 300)
    void yamlLosesNothing(@ForAll("specs") ClusterSpec spec) {
        String yaml = spec.toYaml();

        assertThat(ClusterSpec.fromYaml(yaml)).isEqualTo(spec);
        assertThat(ClusterSpec.fromYaml(yaml).toYaml()).isEqualTo(yaml);
    }

    @Property(tries = 300)
    void copyOfEachPartIsEqual(@ForAll("specs") ClusterSpec spec) {
        assertThat(spec.toBuilder().build()).isEqualTo(spec).hasSameHashCodeAs(spec);
        assertThat(spec.network().toBuilder().build()).isEqualTo(spec.network());
        assertThat(spec.api().toBuilder().build()).isEqualTo(spec.api());
        assertThat(spec.access().toBuilder().build()).isEqualTo(spec.access());
        assertThat(spec.controlPlane().toBuilder().build()).isEqualTo(spec.controlPlane());
        assertThat(spec.etcd().toBuilder().build()).isEqualTo(spec.etcd());
        assertThat(spec.dns().toBuilder().build()).isEqualTo(spec.dns());
        assertThat(spec.cni().toBuilder().build()).isEqualTo(spec.cni());
        assertThat(spec.nodePools())
                .allSatisfy(p -> assertThat(p.toBuilder().build()).isEqualTo(p));
    }

    @Property(tries = 300)
    void yamlDoesNotDependOnTheOrderOfMaps(@ForAll("specs") ClusterSpec spec) {
        ClusterSpec.Builder reversed = spec.toBuilder().tags(java.util.Map.of());
        List<String> keys = new ArrayList<>(spec.tags().keySet());
        java.util.Collections.reverse(keys);
        keys.forEach(k ->
                reversed.putTag(k, java.util.Objects.requireNonNull(spec.tags().get(k))));

        assertThat(reversed.build().toYaml()).isEqualTo(spec.toYaml());
    }

    @Property(tries = 300)
    void memberZonesNeverChangeWhenMembersAreAdded(@ForAll("specs") ClusterSpec spec) {
        ClusterSpec more = spec.toBuilder()
                .etcd(e -> e.members(7).surviveZoneLoss(false).placement(EtcdPlacement.DEDICATED))
                .build();

        assertThat(more.etcdMemberZones()).startsWith(spec.etcdMemberZones().toArray(String[]::new));
    }
}
