package io.k8saws.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The Markdown files of the project. */
final class Documents {
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("#{1,6}\\s+(.*?)\\s*#*");
    private static final Set<String> NOT_OURS = Set.of("target", ".git", "node_modules");

    private Documents() {}

    /** The root of the work tree. */
    static Path root() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("k8saws-core")) && Files.isDirectory(at.resolve("docs"))) {
                return at;
            }
        }
        throw new AssertionError("Find the root of the project: no parent of "
                + Path.of("").toAbsolutePath() + " has k8saws-core and docs. Run the test in the work tree.");
    }

    /** All Markdown files, in a stable order. */
    static List<Path> all() {
        try (Stream<Path> files = Files.walk(root())) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> Stream.iterate(file, at -> at != null && !at.equals(root()), Path::getParent)
                            .noneMatch(at -> NOT_OURS.contains(at.getFileName().toString())))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Read " + file + ".", e);
        }
    }

    /** The lines that are not in a fenced block of code. */
    static List<String> prose(String text) {
        List<String> lines = new ArrayList<>();
        boolean code = false;
        for (String line : text.lines().toList()) {
            if (line.strip().startsWith("```")) {
                code = !code;
            } else if (!code) {
                lines.add(line);
            }
        }
        return lines;
    }

    /** Where the links of a text lead, as they are written. */
    static List<String> links(String text) {
        List<String> links = new ArrayList<>();
        for (String line : prose(text)) {
            // a link may have code as its label, but code in backticks is no link
            Matcher matcher = LINK.matcher(line.replaceAll("(?<!\\[)`[^`]*`(?!\\])", ""));
            while (matcher.find()) {
                links.add(matcher.group(1));
            }
        }
        return links;
    }

    /** The anchors that headings make: lower case, letters, digits, dashes and underscores; a second one of the same name gets a number. */
    static Set<String> anchors(String text) {
        Set<String> anchors = new LinkedHashSet<>();
        Map<String, Integer> seen = new HashMap<>();
        for (String line : prose(text)) {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                String slug = heading.group(1)
                        .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-');
                int times = seen.merge(slug, 1, Integer::sum);
                anchors.add(times == 1 ? slug : slug + "-" + (times - 1));
            }
        }
        return anchors;
    }

    /** The first fenced block after a marker. */
    static String blockAfter(String text, String marker) {
        int at = text.indexOf(marker);
        int start = text.indexOf('\n', text.indexOf("```", at)) + 1;
        int end = text.indexOf("\n```", start);
        if (at < 0 || start <= 0 || end < 0) {
            throw new AssertionError("Find the block after \"" + marker + "\": there is none.");
        }
        return text.substring(start, end);
    }
}
