package io.k8saws.internal.text;

import java.util.Locale;

/**
 * Makes text from outside safe to print on one line: line breaks, terminal escapes, characters that turn the reading direction, and lone surrogates
 * are written as escapes, so that a tag's value cannot forge a line of a plan.
 */
public final class OneLine {
    private OneLine() {}

    /**
     * Escapes what would break the line or deceive the reader.
     *
     * @param text any text
     * @return the same text on one line; equal to the input when it is harmless
     */
    public static String of(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (printable(c)) {
                        line.appendCodePoint(c);
                    } else {
                        line.append(String.format(Locale.ROOT, "\\u%04x", c));
                    }
                }
            }
        });
        return line.toString();
    }

    /**
     * Escapes as {@link #of(String)} and cuts what is longer than a limit.
     *
     * @param text any text
     * @param most the most characters to return, at least 1
     * @return the text, its end replaced by an ellipsis when it was longer
     */
    public static String of(String text, int most) {
        String line = of(text);
        int length = line.codePointCount(0, line.length());
        return length <= most ? line : line.substring(0, line.offsetByCodePoints(0, most - 1)) + "…";
    }

    private static boolean printable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
