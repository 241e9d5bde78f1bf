package io.k8saws.plan;

import io.k8saws.internal.text.OneLine;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A rule of a security group in the words that people use: {@code 2379-2380/tcp, etcd members}. EC2 writes "all" as -1, and keeps the type and the code of
 * ICMP in the fields of ports (IpPermission in the EC2 API).
 */
final class RuleWords {
    private static final String KIND = "security-group-rule";
    private static final String ALL = "-1";
    private static final Set<String> ALL_AS_NUMBER = Set.of("protocol", "fromPort", "toPort");
    private static final int LONGEST = 100;

    private RuleWords() {}

    /** Whether a change is one of such a rule, with all that the words are made of. */
    static boolean tell(Change change) {
        return change.resource().kind().equals(KIND)
                && change.fields().stream()
                        .map(FieldChange::field)
                        .collect(Collectors.toSet())
                        .containsAll(ALL_AS_NUMBER);
    }

    static String of(Change change) {
        Map<String, String> fields = change.fields().stream()
                .collect(Collectors.toMap(FieldChange::field, FieldChange::after, (first, second) -> first));
        String peer = field(fields, "peerCidr");
        boolean known = !peer.isEmpty() && !peer.equals(FieldChange.KNOWN_AFTER_APPLY);
        String side = field(fields, "direction").equals("egress") ? " to " : " from ";
        String why = field(fields, "description");
        return OneLine.of(
                traffic(field(fields, "protocol"), field(fields, "fromPort"), field(fields, "toPort"))
                        + (known ? side + peer : "")
                        + (why.isEmpty() ? "" : ", " + why),
                LONGEST);
    }

    /** The value of one field, in words where EC2's own value says nothing. */
    static String value(String field, String value) {
        return value.equals(ALL) && ALL_AS_NUMBER.contains(field) ? "all" : value;
    }

    private static String traffic(String protocol, String from, String to) {
        if (protocol.equals(ALL)) {
            return "all traffic";
        }
        if (from.equals(ALL)) {
            return "all " + protocol;
        }
        if (protocol.startsWith("icmp")) {
            return protocol + " type " + from + (to.equals(ALL) ? "" : " code " + to);
        }
        return (from.equals(to) ? from : from + "-" + to) + "/" + protocol;
    }

    private static String field(Map<String, String> fields, String name) {
        return fields.getOrDefault(name, "");
    }
}
