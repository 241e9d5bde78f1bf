package io.k8saws.bootstrap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Several files in one text, so that a machine fetches all of them with one call and never has files of two versions. Each file stands after a line of its mode, its
 * length in bytes and its path; the scripts' {@code unpack} reads it, and so can people.
 */
final class Bundle {
    private Bundle() {}

    /**
     * A file of a bundle.
     *
     * @param path where it is written
     * @param mode its permissions in octal
     * @param content its text
     */
    record Entry(String path, String mode, String content) {}

    /** Reads what {@link #text} wrote. */
    static List<Entry> read(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        List<Entry> files = new ArrayList<>();
        int at = end(bytes, 0) + 1;
        while (at < bytes.length) {
            int head = end(bytes, at);
            String[] words = new String(bytes, at, head - at, StandardCharsets.UTF_8).split(" ", 3);
            int length = Integer.parseInt(words[1]);
            files.add(new Entry(words[2], words[0], new String(bytes, head + 1, length, StandardCharsets.UTF_8)));
            at = head + 1 + length + 1;
        }
        return files;
    }

    private static int end(byte[] bytes, int from) {
        int at = from;
        while (bytes[at] != '\n') {
            at++;
        }
        return at;
    }

    static String text(List<Entry> files) {
        StringBuilder text = new StringBuilder("# " + files.size() + " files, each after its mode, bytes and path\n");
        for (Entry file : files) {
            int bytes = file.content().getBytes(StandardCharsets.UTF_8).length;
            text.append(file.mode())
                    .append(' ')
                    .append(bytes)
                    .append(' ')
                    .append(file.path())
                    .append('\n')
                    .append(file.content())
                    .append('\n');
        }
        return text.toString();
    }
}
