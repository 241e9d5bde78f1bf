package io.k8saws.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The documents and scripts of machines as core's golden files have them, which core's tests hold equal to what is rendered. So what is shown here is shown of those
 * twelve clusters, byte by byte.
 */
final class BootDocuments {
    private static final Path GOLDEN = Path.of("../k8saws-core/src/test/resources/golden/boot");
    private static final String RUNBOOK = "# ---- the runbook";
    private static final Pattern PART = Pattern.compile("(?m)^######## (\\S+) ");
    private static final Pattern DOCUMENT =
            Pattern.compile("(?ms)^==== (\\d{4}) (\\S+)\n(.*?)(?=\n==== |\n######## |\\z)");

    private static final Map<String, String> MACHINE = Map.of(
            "@ADDRESS@", "10.0.0.11",
            "@API_HOST@", "api-1.elb.us-east-1.amazonaws.com",
            "@NODE_NAME@", "i-0123456789abcdef0",
            "@PAUSE_IMAGE@", "registry.k8s.io/pause:3.10.2",
            "@PROVIDER_ID@", "aws:///us-east-1a/i-0123456789abcdef0");

    private BootDocuments() {}

    /**
     * A file of a machine.
     *
     * @param cluster the cluster's name
     * @param part the machine's group
     * @param path where it is written
     * @param content its text
     */
    record Document(String cluster, String part, String path, String content) {
        /** With values in the places of what only a machine knows. */
        String filled() {
            String text = content;
            for (Map.Entry<String, String> value : MACHINE.entrySet()) {
                text = text.replace(value.getKey(), value.getValue());
            }
            return text;
        }

        @Override
        public String toString() {
            return cluster + " " + part + " " + path;
        }
    }

    /** All documents whose paths match, each once. */
    static List<Document> matching(String path) throws IOException {
        List<Document> found = new ArrayList<>();
        for (Path file : files(".txt")) {
            String cluster = file.getFileName().toString().replace(".txt", "");
            for (String part : Files.readString(file).split("(?m)(?=^######## )", -1)) {
                Matcher name = PART.matcher(part);
                Matcher document = DOCUMENT.matcher(part);
                while (name.lookingAt() && document.find()) {
                    if (document.group(2).matches(path) && !document.group(3).startsWith("(as in ")) {
                        found.add(new Document(cluster, name.group(1), document.group(2), document.group(3) + "\n"));
                    }
                }
            }
        }
        return found;
    }

    /** The scripts of the roles, and user data. */
    static List<Path> scripts() throws IOException {
        return files(".sh");
    }

    /** The functions of a script, such as that of a role, without its steps; what a machine reads from its own files is left to the test. */
    static String functions(String script) throws IOException {
        String text = Files.readString(GOLDEN.resolve(script + ".sh"));
        return text.substring(0, text.indexOf(RUNBOOK))
                .replace("source /etc/k8saws/node.env\n", "")
                .replaceAll("(?m)^(CLUSTER|ROLE|PART|REGION|S3|BUNDLE)='.*\n", "");
    }

    /** The steps of a script, which come after its functions. */
    static String steps(String script) throws IOException {
        String text = Files.readString(GOLDEN.resolve(script + ".sh"));
        return text.substring(text.indexOf(RUNBOOK));
    }

    /** What a role's policy allows in the cluster payments, as core's golden file has it. */
    static String policy(String role) throws IOException {
        String all = Files.readString(GOLDEN.resolveSibling("blueprint-payments.txt"));
        String policy = all.substring(all.indexOf("\niam-role-policy/" + role + " "));
        return policy.lines()
                .skip(3)
                .takeWhile(line -> line.startsWith("    | "))
                .map(line -> line.substring(6))
                .collect(Collectors.joining());
    }

    private static List<Path> files(String extension) throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            return files.filter(file -> file.toString().endsWith(extension))
                    .sorted()
                    .toList();
        }
    }
}
