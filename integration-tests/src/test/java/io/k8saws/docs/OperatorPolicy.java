package io.k8saws.docs;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The policy for operators, as the page of permissions shows it, and what IAM calls the actions of the API's operations. */
final class OperatorPolicy {
    private static final Pattern ACTION = Pattern.compile("\"([a-z0-9]+:[A-Z][A-Za-z0-9]*\\*?)\"(?!:)");

    /** Operations whose action has another name (service authorization reference). */
    private static final Map<String, List<String>> OTHER_NAMES = Map.ofEntries(
            Map.entry("s3:DeleteObjects", List.of("s3:DeleteObject", "s3:DeleteObjectVersion")),
            Map.entry("s3:DeletePublicAccessBlock", List.of("s3:PutBucketPublicAccessBlock")),
            Map.entry("s3:GetBucketEncryption", List.of("s3:GetEncryptionConfiguration")),
            Map.entry("s3:GetPublicAccessBlock", List.of("s3:GetBucketPublicAccessBlock")),
            Map.entry("s3:ListBuckets", List.of("s3:ListAllMyBuckets")),
            Map.entry("s3:ListObjectVersions", List.of("s3:ListBucketVersions")),
            Map.entry("s3:ListObjectsV2", List.of("s3:ListBucket")),
            Map.entry("s3:PutBucketEncryption", List.of("s3:PutEncryptionConfiguration")),
            Map.entry("s3:PutPublicAccessBlock", List.of("s3:PutBucketPublicAccessBlock")),
            Map.entry("s3:CompleteMultipartUpload", List.of("s3:PutObject")),
            Map.entry("s3:CreateMultipartUpload", List.of("s3:PutObject")),
            Map.entry("s3:ListMultipartUploads", List.of("s3:ListBucketMultipartUploads")),
            Map.entry("s3:UploadPart", List.of("s3:PutObject")),
            Map.entry("s3:HeadBucket", List.of("s3:ListBucket")),
            Map.entry("s3:HeadObject", List.of("s3:GetObject")));

    private OperatorPolicy() {}

    /** The document as the page shows it. */
    static String document() {
        return Documents.blockAfter(
                Documents.text(Documents.root().resolve("docs/permissions.md")), "<!-- policy: operator -->");
    }

    /** The actions that it allows, patterns included. */
    static Set<String> actions() {
        return actions(document());
    }

    /** The actions that a policy allows, patterns included. */
    static Set<String> actions(String policy) {
        return ACTION.matcher(policy).results().map(match -> match.group(1)).collect(Collectors.toSet());
    }

    /** Whether it allows an action. */
    static boolean allows(String action) {
        return actions().stream()
                .anyMatch(allowed -> allowed.equals(action)
                        || allowed.endsWith("*") && action.startsWith(allowed.substring(0, allowed.length() - 1)));
    }

    /** What IAM asks for an operation. */
    static List<String> actionsOf(String operation) {
        return OTHER_NAMES.getOrDefault(operation, List.of(operation));
    }

    /** The actions of operations that the policy does not allow. */
    static Set<String> missing(Set<String> operations) {
        return operations.stream()
                .flatMap(operation -> actionsOf(operation).stream())
                .filter(action -> !allows(action))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The operations of a client that a source file names. */
    static Set<String> operationsIn(String source, String service, Class<?> client) {
        Set<String> names = Arrays.stream(client.getMethods())
                .map(java.lang.reflect.Method::getName)
                .filter(name -> !Set.of("builder", "close", "create", "serviceName", "utilities", "waiter")
                        .contains(name))
                .collect(Collectors.toSet());
        Set<String> operations = new TreeSet<>();
        Matcher words = Pattern.compile("[.:]\\s*(\\w+)\\b").matcher(source);
        while (words.find()) {
            String name = words.group(1);
            if (names.contains(name)) {
                String operation = name.replaceAll("Paginator$|AsBytes$", "");
                operations.add(service + ":" + Character.toUpperCase(operation.charAt(0)) + operation.substring(1));
            }
        }
        return operations;
    }
}
