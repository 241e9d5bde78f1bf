package io.k8saws.bootstrap;

import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.text.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * What a launch template holds: a pointer to the bundle of a machine's files, with its hash, and how to fetch it. A list of the files with their hashes stands in it for
 * people, so that a plan shows which file changes; it is left out when it does not fit. User data is never compressed: the bytes would depend on the library that
 * compresses, and so on where a plan is made.
 *
 * @param text the user data
 * @param bundle the text of the bundle that must lie in the bucket
 */
record UserData(String text, String bundle) {
    /** EC2 user guide, "Run commands when you launch an EC2 instance": bytes before base 64. */
    static final int LIMIT = 16_384;

    private static final int SHOWN = 12; // enough of a hash to see that it has changed

    static UserData of(String part, Map<String, String> variables, List<StoredDocument> documents) {
        return of(
                part,
                variables,
                "BUNDLE",
                documents,
                (list, values) -> Scripts.userData(list, Shell.variables(values)));
    }

    static UserData ofWindows(String part, Map<String, String> variables, List<StoredDocument> documents) {
        return of(
                part,
                variables,
                "Bundle",
                documents,
                (list, values) -> Scripts.windowsUserData(list, PowerShell.variables(values)));
    }

    private static UserData of(
            String part,
            Map<String, String> variables,
            String hashName,
            List<StoredDocument> documents,
            BiFunction<List<String>, Map<String, String>, String> script) {
        String bundle = Bundle.text(documents.stream()
                .map(document -> new Bundle.Entry(document.path(), document.mode(), document.content()))
                .toList());
        Map<String, String> all = new LinkedHashMap<>(variables);
        all.put(hashName, Sha256.hex(bundle));
        List<String> list = documents.stream()
                .map(document -> document.sha256().substring(0, SHOWN) + " " + document.mode() + " " + document.path())
                .toList();
        String whole = script.apply(list, all);
        if (size(whole) <= LIMIT) {
            return new UserData(whole, bundle);
        }
        String brief = script.apply(List.of(documents.size() + " files, too many to be listed here"), all);
        if (size(brief) > LIMIT) {
            throw new K8sAwsException(
                    "Make user data for " + part,
                    "it has " + size(brief) + " bytes, and EC2 takes " + LIMIT,
                    "use shorter names for the endpoint and the bucket",
                    Map.of("part", part),
                    null);
        }
        return new UserData(brief, bundle);
    }

    private static int size(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
