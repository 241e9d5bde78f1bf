package io.k8saws.testkit.fault;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One created resource.
 *
 * @param kind what it is
 * @param name its id, ARN, URL or name
 */
record Thing(Kind kind, String name) {

    static boolean isCreatedBy(SeenRequest seen) {
        return Kind.all().stream().anyMatch(kind -> creates(seen, kind));
    }

    /** What a successful creating call has made. */
    static List<Thing> createdBy(SeenRequest seen, byte[] body) {
        List<Thing> made = new ArrayList<>();
        for (Kind kind : Kind.all()) {
            if (creates(seen, kind)) {
                String named = seen.parameters().get(kind.learnedFrom().request());
                if (named != null) {
                    made.add(new Thing(kind, named));
                }
                if (!kind.learnedFrom().response().isEmpty()) {
                    Answers.values(seen.protocol(), body).stream()
                            .filter(value -> value.startsWith(kind.learnedFrom().response()))
                            .filter(value -> !kind.service().equals("ec2") || isId(value, kind))
                            .filter(value -> !seen.parameters().containsValue(value))
                            .distinct()
                            .forEach(value -> made.add(new Thing(kind, value)));
                }
            }
        }
        return made;
    }

    /** The error for a request that names this thing, in the words of the service that is asked; null when it does not name it. */
    @Nullable
    AwsError refusal(SeenRequest seen) {
        if (creates(seen, kind) && !kind.unique()) {
            // Creating it again is answered by the service itself: it exists, or the call is an update.
            return null;
        }
        for (Map.Entry<String, String> parameter : seen.parameters().entrySet()) {
            if (!parameter.getKey().startsWith("Filter") && names(seen, parameter.getKey(), parameter.getValue())) {
                return error(seen);
            }
        }
        return null;
    }

    /** Whether an answer to this request may list the thing. */
    boolean isListedBy(SeenRequest seen) {
        return seen.call().service().equals(kind.service());
    }

    /** The answer without this thing; empty when the thing is not in it. */
    Optional<byte[]> leaveOut(SeenRequest seen, byte[] body) {
        return isListedBy(seen) ? Answers.without(seen.protocol(), body, this) : Optional.empty();
    }

    private static boolean creates(SeenRequest seen, Kind kind) {
        return seen.call().service().equals(kind.service())
                && kind.creators().contains(seen.call().operation());
    }

    /** An id is the prefix and hexadecimal digits, so that {@code vpc-} does not take {@code vpc-cidr-assoc-}. */
    private static boolean isId(String value, Kind kind) {
        return value.substring(kind.learnedFrom().response().length()).matches("[0-9a-f]{8,17}");
    }

    private boolean names(SeenRequest seen, String parameter, String value) {
        if (kind.unique()) {
            return value.equals(name) || Arrays.asList(value.split(",", -1)).contains(name);
        }
        return value.equals(name)
                && seen.call().service().equals(kind.service())
                && kind.names().contains(lastWord(parameter));
    }

    /** {@code KeyName.3} and {@code Tags.member.1.Key} without what only counts. */
    private static String lastWord(String parameter) {
        String[] words = parameter.split("\\.", -1);
        for (int i = words.length - 1; i >= 0; i--) {
            if (!words[i].equals("member") && !words[i].matches("\\d+")) {
                return words[i];
            }
        }
        return parameter;
    }

    private AwsError error(SeenRequest seen) {
        String message = "The " + kind.identity() + " '" + name + "' does not exist [injected: not yet visible, call="
                + seen.call() + "]";
        String asked = seen.call().service();
        if (asked.equals(kind.service())) {
            return new AwsError(kind.code(), kind.status(), message);
        }
        if (asked.equals("elasticloadbalancing")) {
            return new AwsError(codeOfLoadBalancing(), 400, message);
        }
        // Auto Scaling and others check what belongs to another service while they validate.
        return new AwsError("ValidationError", 400, message);
    }

    private String codeOfLoadBalancing() {
        return switch (kind.learnedFrom().response()) {
            case "subnet-" -> "SubnetNotFound";
            case "sg-" -> "InvalidSecurityGroup";
            case "eipalloc-" -> "AllocationIdNotFound";
            default -> "ValidationError";
        };
    }
}
