package io.k8saws.cluster;

import io.k8saws.error.Violation;
import io.k8saws.internal.machine.ImageQuery;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Collects what is wrong, and holds the checks that several parts share. */
final class Findings {

    /** EC2 user guide, "Device names for volumes": the names that are reserved for root. */
    private static final Pattern ROOT_DEVICE = Pattern.compile("/dev/(sda1|xvda)");

    private static final int MAX_RULES = 60;

    private final List<Violation> found = new ArrayList<>();

    /** Paths as they were meant, and as they were written; what is deeper comes later. */
    private final Map<String, String> misspelt = new LinkedHashMap<>();

    void add(String path, String problem, String fix) {
        found.add(new Violation(path, problem, fix));
    }

    boolean require(boolean ok, String path, String problem, String fix) {
        if (!ok) {
            add(path, problem, fix);
        }
        return ok;
    }

    boolean range(String path, int value, int min, int max) {
        return require(value >= min && value <= max, path, "is " + value, "choose " + min + " to " + max);
    }

    boolean matches(Pattern pattern, String path, String value, String fix) {
        return require(pattern.matcher(value).matches(), path, "'" + value + "' is not valid", fix);
    }

    /** Checks an image and the name of its root device, which stand beside each other at a path. */
    void image(String path, Optional<String> image, Optional<String> rootDevice) {
        image(path, image, rootDevice, OperatingSystem.LINUX);
    }

    /** The same for machines that may run Windows. */
    void image(String path, Optional<String> image, Optional<String> rootDevice, OperatingSystem os) {
        boolean windows = os == OperatingSystem.WINDOWS;
        image.flatMap(ImageQuery::isWindows)
                .ifPresent(known -> require(
                        known == windows,
                        path + ".image",
                        image.orElse("") + " is " + (known ? "Windows" : "Linux") + ", and these machines run "
                                + (windows ? "Windows" : "Linux"),
                        windows
                                ? "use windows-2022 or windows-2025, or set os to linux"
                                : "use an image of Linux; Windows is for node pools with os: windows"));
        Optional<String> refusal = image.flatMap(ImageQuery::refusal);
        refusal.ifPresent(reason ->
                add(path + ".image", image.orElse("") + " does not become a node: " + reason, "use ubuntu-24.04"));
        image.filter(value -> refusal.isEmpty())
                .ifPresent(value -> require(
                        ImageQuery.isWellFormed(value),
                        path + ".image",
                        "'" + value + "' is not valid",
                        "write ami- with 8 or 17 hexadecimal digits, ssm: with a parameter's path, name: with an owner, a slash and a name's"
                                + " pattern, or one of " + ImageQuery.NAMES));
        rootDevice.ifPresent(
                value -> matches(ROOT_DEVICE, path + ".rootDevice", value, "write /dev/sda1 or /dev/xvda"));
    }

    /** Checks the ARN of a KMS key, which must lie in the cluster's region. */
    void kmsKey(String path, String key, String region) {
        Matcher matcher = Syntax.KMS_KEY.matcher(key);
        if (require(
                matcher.matches(),
                path,
                "'" + key + "' is not the ARN of a KMS key",
                "write arn:aws:kms:" + (region.isEmpty() ? "REGION" : region) + ":ACCOUNT:key/ID")) {
            require(
                    region.isEmpty() || matcher.group(1).equals(region),
                    path,
                    "the key is in region " + matcher.group(1) + ", the cluster in " + region,
                    "use a key of " + region);
        }
    }

    <T> void unique(String path, Collection<T> values) {
        Set<T> seen = new HashSet<>();
        int i = 0;
        for (T value : values) {
            require(seen.add(value), path + "[" + i + "]", "'" + value + "' is there twice", "remove one");
            i++;
        }
    }

    /** Checks that a block is an IPv4 block; the other checks of the block make sense only then. */
    boolean ipv4(String path, Cidr cidr) {
        if (!cidr.isWellFormed()) {
            found.add(cidr.violation(path));
            return false;
        }
        return require(
                !cidr.isIpv6(), path, cidr + " is an IPv6 block", "write an IPv4 block; dual stack is not supported");
    }

    /** Checks a list of addresses that may connect. */
    void peers(String path, List<Cidr> cidrs) {
        for (int i = 0; i < cidrs.size(); i++) {
            String at = path + "[" + i + "]";
            if (!ipv4(at, cidrs.get(i))) {
                continue;
            }
            for (int j = 0; j < cidrs.size(); j++) {
                Cidr other = cidrs.get(j);
                if (i != j
                        && other.isWellFormed()
                        && other.contains(cidrs.get(i))
                        && (j < i || !other.equals(cidrs.get(i)))) {
                    add(at, cidrs.get(i) + " is inside " + other + " already", "remove one of the two");
                    break;
                }
            }
        }
    }

    /** Checks that a security group has no more rules than AWS's quota, for each direction, allows. */
    void rules(String path, int rules) {
        require(
                rules <= MAX_RULES,
                path,
                "needs about " + rules + " rules in one security group",
                "name fewer and larger ranges: AWS's quota is " + MAX_RULES + " rules a group");
    }

    /** Notes that what stands at one path is read as if it stood at another. */
    void misspelt(String written, String meant) {
        misspelt.put(meant, written);
    }

    /** The path of the text for a path of the specification. */
    String asWritten(String path) {
        String written = path;
        List<Map.Entry<String, String>> deepestFirst = new ArrayList<>(misspelt.entrySet());
        Collections.reverse(deepestFirst);
        for (Map.Entry<String, String> one : deepestFirst) {
            if (isWithin(written, one.getKey())) {
                written = one.getValue() + written.substring(one.getKey().length());
            }
        }
        return written;
    }

    /** Tells whether a path is another one or leads further into it. */
    static boolean isWithin(String path, String other) {
        return path.equals(other) || path.startsWith(other + ".") || path.startsWith(other + "[");
    }

    List<Violation> all() {
        return List.copyOf(found);
    }
}
