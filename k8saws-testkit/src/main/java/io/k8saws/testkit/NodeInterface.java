package io.k8saws.testkit;

import java.util.Locale;

/**
 * A network interface of a node machine, as EC2 describes one.
 *
 * @param id such as {@code eni-0a1b2c3d4e5f60718}
 * @param mac the hardware address, in lower case with colons
 * @param address the private IPv4 address
 * @param subnetCidr the IPv4 range of its subnet, such as {@code 10.0.0.0/20}
 * @param subnetId the subnet
 */
public record NodeInterface(String id, String mac, String address, String subnetCidr, String subnetId) {
    /**
     * Makes an interface whose hardware address follows from the private one, as EC2's do: they start with {@code 06}.
     *
     * @param id the interface
     * @param address the private IPv4 address
     * @param subnetCidr the IPv4 range of its subnet
     * @return an interface in a subnet without a name
     */
    public static NodeInterface of(String id, String address, String subnetCidr) {
        int[] bytes = Cidr.address(address);
        String mac = String.format(Locale.ROOT, "06:00:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2], bytes[3]);
        return new NodeInterface(id, mac, address, subnetCidr, "subnet-" + bytes[1] + "-" + bytes[2]);
    }

    /** The address with the length of its subnet's prefix. */
    String addressInSubnet() {
        return address + subnetCidr.substring(subnetCidr.indexOf('/'));
    }
}
