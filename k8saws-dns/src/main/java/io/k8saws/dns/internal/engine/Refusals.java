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
    private static final Set<String> OF_CONTENT = Set.of("InvalidChangeBatch", "InvalidInput", "NoSuchHealthCheck");

    /** Names stand as {@code name='a.example.com.'} and as {@code DNS name a.example.com.}, with octal escapes. */
    private static final Pattern NAME =
            Pattern.compile("(?i)(?:name='([^']+)'|DNS name '?([^\\s',]+)'?|RRSet with name '?([^\\s',]+)'?)");

    private static final Pattern CHANGED = Pattern.compile(
            "name='([^']+)'[^\\]]*] but (?:it already exists|it was not found|the values provided do not match)");

    private Refusals() {}

    /** Whether the batch, and not the call, is at fault. */
    static boolean isOfContent(AwsCallException failure) {
        return OF_CONTENT.contains(failure.code());
    }

    /** The plans that the answer names; empty if it names none of them. */
    static List<NamePlan> named(AwsCallException failure, List<NamePlan> plans) {
        Set<String> names = names(String.valueOf(failure.getMessage()));
        return plans.stream().filter(plan -> isOf(names, plan)).toList();
    }

    /** Why a plan was refused; in words of our own where its names are not as they were when it was made. */
    static String why(AwsCallException failure, NamePlan plan) {
        String message = String.valueOf(failure.getMessage());
        boolean changed = isOf(
                CHANGED.matcher(message)
                        .results()
                        .map(match -> plain(match.group(1)))
                        .collect(Collectors.toSet()),
                plan);
        return changed
                ? "somebody has changed its records since this was planned. Plan again, and see what is there now. AWS says: "
                        + message
                : message;
    }

    private static boolean isOf(Set<String> names, NamePlan plan) {
        return touched(plan).anyMatch(name -> names.contains(name.text()));
    }

    private static Set<String> names(String message) {
        return NAME.matcher(message)
                .results()
                .map(match -> match.group(1) != null
                        ? match.group(1)
                        : match.group(2) != null ? match.group(2) : match.group(3))
                .map(Refusals::plain)
                .collect(Collectors.toSet());
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
