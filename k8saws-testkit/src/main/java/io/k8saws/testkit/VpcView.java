package io.k8saws.testkit;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.Instance;

/**
 * What an emulator has in one VPC at one moment, as far as machines and their network are made of it. Immutable.
 *
 * @param id the VPC
 * @param cidr its first IPv4 range
 * @param subnetCidrs the IPv4 ranges of its subnets
 * @param instances those that are pending or running, by id
 * @param lifecycleStates what Auto Scaling says of instances of groups, by id
 * @param volumes all of the account's
 * @param interfaces those that are attached to instances beside the first
 * @param balancers a port of a load balancer each
 * @param names what the VPC's name server knows beside instances
 */
record VpcView(
        String id,
        String cidr,
        List<String> subnetCidrs,
        Map<String, Instance> instances,
        Map<String, String> lifecycleStates,
        Map<String, Volume> volumes,
        List<AttachedInterface> interfaces,
        List<Balancer> balancers,
        Map<String, List<String>> names) {
    /**
     * A volume.
     *
     * @param id such as {@code vol-0a1b}
     * @param gibibytes its size
     * @param instance who has it, or an empty text
     */
    record Volume(String id, int gibibytes, String instance) {}

    /**
     * A network interface that an instance has beside its first.
     *
     * @param instance who has it
     * @param described the interface
     */
    record AttachedInterface(String instance, NodeInterface described) {}

    /**
     * One port of a load balancer.
     *
     * @param address where it listens
     * @param port where it listens
     * @param targets each an address and a port
     * @param check how targets are asked whether they are well, in the words of {@code network.py}
     */
    record Balancer(String address, int port, List<String> targets, Map<String, Object> check) {}

    /** The disks that an instance has beside the one that it boots from. */
    Stream<Volume> volumesOf(String instance) {
        return volumes.values().stream().filter(volume -> volume.instance().equals(instance));
    }

    /** The interfaces that an instance has beside its first. */
    List<NodeInterface> interfacesOf(String instance) {
        return interfaces.stream()
                .filter(one -> one.instance().equals(instance))
                .map(AttachedInterface::described)
                .toList();
    }
}
