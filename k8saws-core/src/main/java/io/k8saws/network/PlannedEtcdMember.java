package io.k8saws.network;

/**
 * An etcd member that a cluster shall have. Name, zone and address stay for the member's life. Immutable.
 *
 * @param number the member's number, from 1
 * @param zone the availability zone
 * @param address the fixed private address
 * @param subnet the name of the subnet that the address is in
 */
public record PlannedEtcdMember(int number, String zone, String address, String subnet) {

    /**
     * Returns the member's name.
     *
     * @return {@code etcd-1} and so on
     */
    public String name() {
        return "etcd-" + number;
    }

    /** Returns name, address and zone. */
    @Override
    public String toString() {
        return name() + " " + address + " " + zone;
    }
}
