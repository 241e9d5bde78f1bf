package io.k8saws.cluster;

import java.util.Locale;

/** How values are spelled when they are shown. */
final class Names {

    private Names() {}

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static String sizes(int min, int max) {
        return min == max ? String.valueOf(min) : min + "-" + max;
    }
}
