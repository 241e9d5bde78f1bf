package io.k8saws.dns.internal.route53;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ZoneAccountsTest {
    @Test
    void ofChangesTheNewestAreRemembered() {
        Map<String, Integer> newest = ZoneAccounts.newest(3);
        for (int i = 0; i < 10; i++) {
            newest.put("C" + i, i);
        }

        assertThat(newest).containsOnlyKeys("C7", "C8", "C9");
    }
}
