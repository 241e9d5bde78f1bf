package io.k8saws.dns.resolve;

import java.util.ArrayList;
import java.util.List;

/** The strings of a text record (RFC 1035, section 5.1), which may be written with or without quotes and escapes. */
final class CharacterStrings {
    private CharacterStrings() {}

    /** Reads what stands in a zone, with octal escapes as Route 53 has them, or what a resolver has answered. */
    static List<String> of(String text) {
        List<String> strings = new ArrayList<>();
        StringBuilder now = new StringBuilder();
        boolean quoted = false;
        boolean open = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\'
                    && i + 3 < text.length()
                    && text.substring(i + 1, i + 4).matches("[0-3][0-7]{2}")) {
                now.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
                open = true;
                i += 3;
            } else if (c == '\\' && i + 1 < text.length()) {
                now.append(text.charAt(++i));
                open = true;
            } else if (c == '"') {
                quoted = !quoted;
                open = true;
                if (!quoted) {
                    strings.add(now.toString());
                    now.setLength(0);
                    open = false;
                }
            } else if (c == ' ' && !quoted) {
                if (open) {
                    strings.add(now.toString());
                    now.setLength(0);
                    open = false;
                }
            } else {
                now.append(c);
                open = true;
            }
        }
        if (open) {
            strings.add(now.toString());
        }
        return strings;
    }
}
