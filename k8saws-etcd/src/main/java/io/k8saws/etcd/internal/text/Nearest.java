package io.k8saws.etcd.internal.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Names that somebody who mistyped one probably meant. Pure. */
public final class Nearest {
    private static final int MOST = 5;

    private Nearest() {}

    /**
     * Tells what there is, the nearest first.
     *
     * @param name what was asked for
     * @param known what there is
     * @return for example {@code there are shop, bank}; the five nearest where there are more
     */
    public static String of(String name, Collection<String> known) {
        if (known.isEmpty()) {
            return "there is none";
        }
        List<String> all = known.stream()
                .distinct()
                .sorted(Comparator.comparingInt((String one) -> distance(name, one))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
        return (all.size() == 1
                        ? "there is "
                        : all.size() <= MOST ? "there are " : "the nearest of " + all.size() + " are ")
                + all.stream().limit(MOST).collect(Collectors.joining(", "));
    }

    /** Levenshtein's distance without regard to case; a longer form of the same name is near: {@code deployments.apps} for {@code deployments}. */
    private static int distance(String first, String second) {
        String a = first.toLowerCase(Locale.ROOT);
        String b = second.toLowerCase(Locale.ROOT);
        if (!a.isEmpty() && b.startsWith(a)) {
            return 0;
        }
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
