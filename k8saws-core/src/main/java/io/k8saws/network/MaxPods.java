package io.k8saws.network;

import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.CniSpec;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How many pods a node carries. Pure.
 *
 * <p>With the AWS VPC CNI a pod needs an address of one of the node's network interfaces: {@code ENIs * (addresses per ENI - 1) + 2}.
 * The first address of each interface is the interface's own, and two pods use the host's network. The table covers common families;
 * its numbers are those of the EC2 user guide, "maximum IP addresses per network interface". For all other CNIs it is the kubelet's
 * default of 110, or less when a node's part of the pod block has fewer addresses.
 */
public final class MaxPods {

    /** The kubelet's default. */
    public static final int DEFAULT = 110;

    private static final Set<String> FAMILIES = Set.of(
            "m5",
            "m5a",
            "m5d",
            "m5n",
            "m6a",
            "m6g",
            "m6gd",
            "m6i",
            "m6id",
            "m7a",
            "m7g",
            "m7gd",
            "m7i",
            "m7i-flex",
            "m8g",
            "c5",
            "c5a",
            "c5d",
            "c6a",
            "c6g",
            "c6gd",
            "c6i",
            "c6id",
            "c7a",
            "c7g",
            "c7gd",
            "c7i",
            "c7i-flex",
            "c8g",
            "r5",
            "r5a",
            "r5d",
            "r5n",
            "r6a",
            "r6g",
            "r6gd",
            "r6i",
            "r6id",
            "r7a",
            "r7g",
            "r7gd",
            "r7i",
            "r8g");

    private static final Map<String, Interfaces> SIZES = Map.ofEntries(
            Map.entry("medium", new Interfaces(2, 4)),
            Map.entry("large", new Interfaces(3, 10)),
            Map.entry("xlarge", new Interfaces(4, 15)),
            Map.entry("2xlarge", new Interfaces(4, 15)),
            Map.entry("4xlarge", new Interfaces(8, 30)),
            Map.entry("8xlarge", new Interfaces(8, 30)),
            Map.entry("9xlarge", new Interfaces(8, 30)),
            Map.entry("12xlarge", new Interfaces(8, 30)),
            Map.entry("16xlarge", new Interfaces(15, 50)),
            Map.entry("18xlarge", new Interfaces(15, 50)),
            Map.entry("24xlarge", new Interfaces(15, 50)),
            Map.entry("32xlarge", new Interfaces(15, 50)),
            Map.entry("48xlarge", new Interfaces(15, 50)),
            Map.entry("metal", new Interfaces(15, 50)),
            Map.entry("metal-24xl", new Interfaces(15, 50)),
            Map.entry("metal-48xl", new Interfaces(15, 50)));

    private static final Set<String> BURSTABLE = Set.of("t3", "t3a", "t4g");

    private static final Map<String, Interfaces> BURSTABLE_SIZES = Map.of(
            "nano", new Interfaces(2, 2),
            "micro", new Interfaces(2, 2),
            "small", new Interfaces(3, 4),
            "medium", new Interfaces(3, 6),
            "large", new Interfaces(3, 12),
            "xlarge", new Interfaces(4, 15),
            "2xlarge", new Interfaces(4, 15));

    private static final Map<String, Interfaces> EXCEPTIONS = Map.of("t3a.small", new Interfaces(2, 4));

    private MaxPods() {}

    /**
     * Returns how many pods a node carries.
     *
     * @param instanceType the instance type
     * @param cni the CNI as it is configured
     * @return at least 1; with the AWS VPC CNI {@link #DEFAULT} for a type that the table does not know
     */
    public static int of(String instanceType, CniSpec cni) {
        if (cni.kind() == CniKind.AWS_VPC) {
            return vpcCni(instanceType).orElse(DEFAULT);
        }
        int hostBits = (cni.podCidr().isIpv6() ? 128 : 32) - cni.nodePrefixLength();
        return hostBits >= 7 ? DEFAULT : Math.max(1, (1 << hostBits) - 2);
    }

    /**
     * Returns how many pods a node carries with the AWS VPC CNI (secondary addresses, no prefixes).
     *
     * @param instanceType the instance type
     * @return the number, or empty when the table does not know the type
     */
    public static Optional<Integer> vpcCni(String instanceType) {
        return interfaces(instanceType).map(i -> i.count() * (i.addresses() - 1) + 2);
    }

    private static Optional<Interfaces> interfaces(String instanceType) {
        Interfaces exception = EXCEPTIONS.get(instanceType);
        if (exception != null) {
            return Optional.of(exception);
        }
        int dot = instanceType.indexOf('.');
        if (dot < 0) {
            return Optional.empty();
        }
        String family = instanceType.substring(0, dot);
        String size = instanceType.substring(dot + 1);
        if (BURSTABLE.contains(family)) {
            return Optional.ofNullable(BURSTABLE_SIZES.get(size));
        }
        return FAMILIES.contains(family) ? Optional.ofNullable(SIZES.get(size)) : Optional.empty();
    }

    private record Interfaces(int count, int addresses) {}
}
