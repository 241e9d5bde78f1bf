package io.k8saws.dns.internal.engine;

import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.error.AwsCallException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads which names a refused batch is refused for. */
final class Refusals {
    private static final Set<String> OF_CONTENT = Set.of("InvalidChangeBatch", "InvalidInput");

    /** Names stand as {@code name='a.example.com.'} and as {@code DNS name a.example.com.}, with octal escapes. */
    private static final Pattern NAME =
            Pattern.compile("(?i)(?:name='([^']+)'|DNS name '?([^\\s',]+)'?|RRSet with name '?([^\\s',]+)'?)");

    private Refusals() {}

    /** Whether the batch, and not the call, is at fault. */
    static boolean isOfContent(AwsCallException failure) {
        return OF_CONTENT.contains(failure.code());
    }

    /** The plans that the answer names; empty if it names none of them. */
    static List<NamePlan> named(AwsCallException failure, List<NamePlan> plans) {
        String message = String.valueOf(failure.getMessage());
        Set<String> names = NAME.matcher(message)
                .results()
                .map(match -> match.group(1) != null
                        ? match.group(1)
                        : match.group(2) != null ? match.group(2) : match.group(3))
                .map(Refusals::plain)
                .collect(Collectors.toSet());
        return plans.stream()
                .filter(plan -> touched(plan).anyMatch(name -> names.contains(name.text())))
                .toList();
    }

    /** The names whose record sets a plan changes. */
    static Stream<DnsName> touched(NamePlan plan) {
        return plan.changes().stream()
                .flatMap(change -> Stream.concat(change.before().stream(), change.after().stream()))
                .map(RecordSet::name)
                .distinct();
    }

    private static String plain(String name) {
        String lower = name.toLowerCase(Locale.ROOT).replace("\\052", "*");
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
