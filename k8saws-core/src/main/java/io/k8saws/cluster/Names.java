package io.k8saws.cluster;

import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** How values are spelled when they are shown. */
final class Names {

    private Names() {}

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static String lower(Set<? extends Enum<?>> constants) {
        return constants.stream()
                .sorted(Comparator.comparingInt(Enum::ordinal))
                .map(Names::lower)
                .collect(Collectors.joining(", "));
    }

    static String sizes(int min, int max) {
        return min == max ? String.valueOf(min) : min + "-" + max;
    }
}
