package io.k8saws.internal.machine;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The processor architecture of an instance type: what validation forbids to mix, and what chooses the default image. */
public final class Architecture {
    /** The name of Graviton's architecture in Kubernetes and in Ubuntu's parameters. */
    public static final String ARM64 = "arm64";

    /** The name of Intel's and AMD's. */
    public static final String AMD64 = "amd64";

    private static final Pattern FAMILY = Pattern.compile("[a-z]+[0-9]+([a-z]*)(-.*)?");

    private Architecture() {}

    /**
     * Tells the architecture by the family's name: a {@code g} after the generation stands for Graviton (EC2 instance types guide, "Naming conventions").
     *
     * @param instanceType for example {@code m7g.large}
     * @return {@link #ARM64} or {@link #AMD64}
     */
    public static String of(String instanceType) {
        String family = instanceType.substring(0, Math.max(0, instanceType.indexOf('.')));
        Matcher matcher = FAMILY.matcher(family);
        boolean arm =
                family.equals("a1") || (matcher.matches() && matcher.group(1).contains("g"));
        return arm ? ARM64 : AMD64;
    }
}
