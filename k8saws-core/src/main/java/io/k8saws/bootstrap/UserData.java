package io.k8saws.bootstrap;

import io.k8saws.error.K8sAwsException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a launch template holds: pointers to a machine's files with their hashes, and how to fetch them. When the list does not fit, it becomes a file itself, and the
 * pointer to it stays. It is never compressed: the bytes would depend on the library that compresses, and so on where a plan is made.
 *
 * @param text the user data
 * @param documents all files that must lie in the bucket
 */
record UserData(String text, List<StoredDocument> documents) {
    /** EC2 user guide, "Run commands when you launch an EC2 instance": bytes before base 64. */
    static final int LIMIT = 16_384;

    static UserData of(String part, Map<String, String> variables, List<StoredDocument> documents) {
        List<String> lines = documents.stream()
                .map(document -> document.sha256() + " " + document.mode() + " " + document.path())
                .toList();
        String whole = Scripts.userData(Shell.variables(variables), lines);
        if (size(whole) <= LIMIT) {
            return new UserData(whole, documents);
        }
        StoredDocument list =
                StoredDocument.of(part, NodeFile.of("/etc/k8saws/documents", String.join("\n", lines) + "\n"));
        Map<String, String> more = new LinkedHashMap<>(variables);
        more.put("LIST", list.sha256());
        String spilled = Scripts.userData(Shell.variables(more), List.of());
        if (size(spilled) > LIMIT) {
            throw new K8sAwsException(
                    "Make user data for " + part,
                    "it has " + size(spilled) + " bytes, and EC2 takes " + LIMIT,
                    "use shorter names for the endpoint and the bucket",
                    Map.of("part", part),
                    null);
        }
        List<StoredDocument> all = new ArrayList<>(documents);
        all.add(list);
        return new UserData(spilled, List.copyOf(all));
    }

    private static int size(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
