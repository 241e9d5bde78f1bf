package io.k8saws.dns.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AnnotationsTest {
    private static String path(String... keys) {
        Map<String, String> all = new TreeMap<>();
        List.of(keys).forEach(key -> all.put(key, "1"));
        return new Annotations(all, List.of("new/", "old/")).path("ttl");
    }

    @Test
    void whatIsMissingIsAskedForUnderThePrefixThatTheObjectUses() {
        assertThat(path("old/ttl", "new/hostname")).isEqualTo("old/ttl"); // it is there
        assertThat(path("old/hostname", "other/ttl")).isEqualTo("old/ttl");
        assertThat(path("old/hostname", "new/alias")).isEqualTo("new/ttl");
        assertThat(path("other/ttl")).isEqualTo("new/ttl");
    }
}
