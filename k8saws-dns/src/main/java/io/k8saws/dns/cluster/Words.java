package io.k8saws.dns.cluster;

import io.k8saws.dns.record.DnsName;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.util.List;
import java.util.regex.Pattern;

/** Checks what goes into a configuration: nothing that would end a line of it. */
final class Words {
    private static final Pattern SERVER = Pattern.compile(
            "(?:[0-9]{1,3}(?:\\.[0-9]{1,3}){3}(?::[0-9]{1,5})?|\\[[0-9a-fA-F:]+](?::[0-9]{1,5})?|[0-9a-fA-F]*:[0-9a-fA-F:]+)");

    private Words() {}

    static void name(String path, String text, List<Violation> problems) {
        try {
            DnsName unused = DnsName.of(text);
        } catch (InvalidSpecException e) {
            e.violations().forEach(v -> problems.add(new Violation(path, v.problem(), v.fix())));
        }
    }

    static void server(String path, String text, List<Violation> problems) {
        if (!SERVER.matcher(text).matches()) {
            problems.add(new Violation(
                    path, "'" + text + "' is not an address", "write an address, with a port if it is not 53"));
        }
    }
}
