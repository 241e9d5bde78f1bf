package io.k8saws.plan;

import io.k8saws.internal.text.OneLine;

/**
 * Two values of one field, cut so that the place where they differ is seen. Policies and user data are long: their common beginning says nothing.
 *
 * @param before the observed value, shortened
 * @param after the wanted value, shortened
 */
record Difference(String before, String after) {
    private static final int CONTEXT = 12;

    static Difference of(FieldChange field, int most) {
        String before = OneLine.of(RuleWords.value(field.field(), field.before()));
        String after = OneLine.of(RuleWords.value(field.field(), field.after()));
        if (before.length() > most && after.length() > most) {
            int common = 0;
            while (common < Math.min(before.length(), after.length())
                    && before.charAt(common) == after.charAt(common)) {
                common++;
            }
            int from = Math.max(0, common - CONTEXT);
            if (from > 0) {
                before = "…" + before.substring(wholeCharacter(before, from));
                after = "…" + after.substring(wholeCharacter(after, from));
            }
        }
        return new Difference(OneLine.of(before, most), none(OneLine.of(after, most)));
    }

    private static int wholeCharacter(String text, int at) {
        return Character.isLowSurrogate(text.charAt(at)) ? at + 1 : at;
    }

    private static String none(String after) {
        return after.isEmpty() ? "(none)" : after;
    }
}
