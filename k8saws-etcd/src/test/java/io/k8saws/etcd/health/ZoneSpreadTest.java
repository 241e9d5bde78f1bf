package io.k8saws.etcd.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZoneSpreadTest {
    private static ZoneSpread spread(String counts) {
        List<String> zones = new ArrayList<>();
        String[] each = counts.split("\\+", -1);
        for (int i = 0; i < each.length; i++) {
            for (int n = Integer.parseInt(each[i]); n > 0; n--) {
                zones.add("zone-" + (char) ('a' + i));
            }
        }
        return ZoneSpread.of(zones);
    }

    /** The table of what each number of members in each number of zones is worth. */
    @ParameterizedTest(name = "{0}: tolerates {1}, spare after each zone {2}")
    @CsvSource({
        "1,         0, -1",
        "2,         0, -2",
        "1+1,       0, -1 -1",
        "3,         1, -2",
        "2+1,       1, -1 0",
        "1+1+1,     1, 0 0 0",
        "4,         1, -3",
        "2+2,       1, -1 -1",
        "3+1,       1, -2 0",
        "2+1+1,     1, -1 0 0",
        "5,         2, -3",
        "3+2,       2, -1 0",
        "4+1,       2, -2 1",
        "2+2+1,     2, 0 0 1",
        "3+1+1,     2, -1 1 1",
        "1+1+1+1+1, 2, 1 1 1 1 1",
    })
    void table(String counts, int tolerates, String margins) {
        ZoneSpread spread = spread(counts);

        assertThat(new QuorumView(spread.total(), spread.total()).tolerates()).isEqualTo(tolerates);
        assertThat(spread.losses().stream()
                        .map(loss -> Integer.toString(loss.quorum().margin()))
                        .toList())
                .isEqualTo(List.of(margins.split(" ", -1)));
        assertThat(spread.survivesAnyZone()).isEqualTo(!margins.contains("-"));
        assertThat(spread.survivesAnyZoneAndAMember()).isEqualTo(!margins.contains("-") && !margins.contains("0"));
    }

    /** The rule of the table: no zone may hold more members than may be lost. */
    @Property
    void survivesIfNoZoneHoldsMoreThanMayBeLost(
            @ForAll @IntRange(max = 5) int a, @ForAll @IntRange(max = 5) int b, @ForAll @IntRange(max = 5) int c) {
        TreeMap<String, Integer> voters = new TreeMap<>();
        voters.put("a", a + 1);
        voters.put("b", b);
        voters.put("c", c);
        ZoneSpread spread = new ZoneSpread(voters);
        int total = spread.total();
        int largest = Math.max(a + 1, Math.max(b, c));

        assertThat(spread.survivesAnyZone()).isEqualTo(largest <= total - (total / 2 + 1));
    }

    /** With two zones no number of members will do. */
    @Property
    void twoZonesNeverSurvive(@ForAll @IntRange(min = 1, max = 50) int a, @ForAll @IntRange(min = 1, max = 50) int b) {
        TreeMap<String, Integer> voters = new TreeMap<>();
        voters.put("a", a);
        voters.put("b", b);

        assertThat(new ZoneSpread(voters).survivesAnyZone()).isFalse();
        assertThat(new ZoneSpread(voters).warnings()).anyMatch(warning -> warning.contains("two zones"));
    }

    @Test
    void warnsOfWhatIsDoubtful() {
        assertThat(spread("1+1+1").warnings()).isEmpty();
        assertThat(spread("2+2+1").warnings()).isEmpty();
        assertThat(spread("2").warnings()).anyMatch(warning -> warning.startsWith("two members are worse than one"));
        assertThat(spread("2+1+1").warnings())
                .containsExactly(
                        "4 members tolerate no more than 3; take an odd number",
                        "the loss of zone zone-a stops etcd: it holds 2 of 4 members");
    }

    @Test
    void printsALineForEachZone() {
        assertThat(spread("2+1"))
                .hasToString("without zone-a: 1 of 3 left, STOPS\nwithout zone-b: 2 of 3 left, works, 0 spare");
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatThrownBy(() -> new QuorumView(1, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new QuorumView(0, 0).holds()).isFalse();
        assertThat(new QuorumView(3, 1)).hasToString("quorum 2 of 3: 1 well, LOST, 1 must come back");
    }
}
