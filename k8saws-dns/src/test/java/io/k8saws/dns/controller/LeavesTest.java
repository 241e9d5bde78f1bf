package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.record.DnsName;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Leave to lose something is for one delivery")
class LeavesTest {
    @Test
    void oneDeliveryThatEndsLeavesThatOfAnother() {
        Leaves leaves = new Leaves();
        DnsName name = DnsName.of("a.b");
        leaves.give("Z1", name);
        leaves.give("Z1", name);
        assertThat(leaves.has("Z1", name)).isTrue();
        assertThat(leaves.has("Z2", name)).isFalse();

        leaves.end("Z1", name);
        assertThat(leaves.has("Z1", name)).as("another is under way").isTrue();
        leaves.end("Z1", name);
        assertThat(leaves.has("Z1", name)).isFalse();
    }
}
