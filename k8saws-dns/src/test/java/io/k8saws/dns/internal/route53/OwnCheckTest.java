package io.k8saws.dns.internal.route53;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.internal.route53.OwnCheck.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnCheckTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final Duration GRACE = Duration.ofMinutes(30);

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "in use,                              blue,  Z1,   -,                    true,  true,  KEEP",
        "in use and not tagged yet,           -,     -,    -,                    true,  true,  KEEP",
        "in use although it has the mark,     blue,  Z1,   2026-11-01T11:00:00Z, true,  true,  UNMARK",
        "in use with a mark nobody can read,  blue,  Z1,   yesterday,            true,  true,  UNMARK",
        "unused,                              blue,  Z1,   -,                    false, true,  MARK",
        "unused in doubt,                     blue,  Z1,   -,                    false, false, MARK",
        "left by a crash before its tags,     -,     -,    -,                    false, true,  MARK",
        "marked by hand without an owner,     -,     Z1,   2026-11-01T11:00:00Z, false, true,  MARK",
        "marked by hand without a zone,       blue,  -,    2026-11-01T11:00:00Z, false, true,  MARK",
        "with a mark nobody can read,         blue,  Z1,   yesterday,            false, true,  MARK",
        "in its grace,                        blue,  Z1,   2026-11-01T11:30:01Z, false, true,  KEEP",
        "marked by a clock that is ahead,     blue,  Z1,   2026-11-01T13:00:00Z, false, true,  KEEP",
        "after its grace,                     blue,  Z1,   2026-11-01T11:30:00Z, false, true,  DELETE",
        "after its grace in doubt,            blue,  Z1,   2026-11-01T11:00:00Z, false, false, KEEP",
        "of another owner,                    green, Z1,   2026-11-01T11:00:00Z, false, true,  FOREIGN",
        "of another owner and in use,         green, Z1,   2026-11-01T11:00:00Z, true,  true,  FOREIGN",
        "of another zone,                     blue,  Z2,   2026-11-01T11:00:00Z, false, true,  FOREIGN"
    })
    void whatBecomesOfACheck(
            String what, String owner, String zone, String since, boolean used, boolean certain, Step step) {
        Map<String, String> tags = new HashMap<>(Map.of(OwnCheck.NAME, what));
        put(tags, OwnCheck.OWNER, owner);
        put(tags, OwnCheck.ZONE, zone);
        put(tags, OwnCheck.UNUSED, since);
        OwnCheck check = new OwnCheck("id", "k8saws-x-0", Optional.empty(), tags);

        assertThat(check.decide("blue", "Z1", used, certain, NOW, GRACE)).isEqualTo(step);
    }

    private static void put(Map<String, String> tags, String key, String value) {
        if (!value.equals("-")) {
            tags.put(key, value);
        }
    }
}
