package io.k8saws.bootstrap;

import java.nio.charset.StandardCharsets;
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
