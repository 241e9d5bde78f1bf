package io.k8saws.plan;

/**
 * Estimates how wide text gets in a drawing, where nothing wraps it. The page takes the reader's own sans-serif font, so the estimate is that of a wide
 * one (DejaVu Sans, Verdana): text may end early, never late.
 */
final class TextWidth {
    private TextWidth() {}

    static double of(String text, double fontSize, boolean bold) {
        double em = text.codePoints().mapToDouble(TextWidth::em).sum();
        return em * fontSize * (bold ? 1.12 : 1.0);
    }

    /** The text if it fits, else its beginning and an ellipsis. */
    static String fit(String text, double width, double fontSize, boolean bold) {
        if (of(text, fontSize, bold) <= width) {
            return text;
        }
        int end = text.length();
        while (end > 0) {
            end = text.offsetByCodePoints(end, -1);
            String shorter = text.substring(0, end).stripTrailing() + "…";
            if (of(shorter, fontSize, bold) <= width) {
                return shorter;
            }
        }
        return "";
    }

    private static double em(int c) {
        if (c > 0x2e7f) {
            return 1.1;
        }
        if ("iIjl.,:;'|! ".indexOf(c) >= 0) {
            return 0.34;
        }
        if ("frt()[]/-\"".indexOf(c) >= 0) {
            return 0.42;
        }
        if ("mwMW@%…—".indexOf(c) >= 0) {
            return 1.0;
        }
        if (c >= 'A' && c <= 'Z') {
            return 0.74;
        }
        return c < 0x80 ? 0.64 : 0.85;
    }
}
