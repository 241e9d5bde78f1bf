package io.k8saws.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class OneLineTest {
    @Property
    void isOneLineWithoutControls(@ForAll String text) {
        assertThat(OneLine.of(text)).doesNotMatch("(?s).*[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}].*");
    }

    @Property
    void leavesHarmlessTextAlone(@ForAll @net.jqwik.api.constraints.CharRange(from = ' ', to = '~') String text) {
        assertThat(OneLine.of(text)).isEqualTo(text);
    }

    @Property
    void isNeverLongerThanAsked(@ForAll String text, @ForAll @IntRange(min = 1, max = 20) int most) {
        String cut = OneLine.of(text, most);

        assertThat(cut.codePointCount(0, cut.length())).isLessThanOrEqualTo(most);
        assertThat(OneLine.of(text)).startsWith(cut.endsWith("…") ? cut.substring(0, cut.length() - 1) : cut);
    }
}
