package io.k8saws.cluster;

import java.util.Objects;

/**
 * A protocol with a range of ports, both ends included. Immutable.
 *
 * <p>Protocols without ports have {@code from} and {@code to} of {@link #NO_PORT}. The values are not checked here, because a user's
 * mistakes are collected when the {@link ClusterSpec} is built.
 *
 * @param protocol the protocol
 * @param from the first port, 0 to 65535
 * @param to the last port, not below {@code from}
 */
public record PortRange(Protocol protocol, int from, int to) {

    /** What stands for the ports of a protocol that has none; EC2 uses the same value. */
    public static final int NO_PORT = -1;

    /** Checks that there is a protocol. */
    public PortRange {
        Objects.requireNonNull(protocol, "protocol");
    }

    /**
     * Returns one TCP port.
     *
     * @param port the port
     * @return the range of this one port
     */
    public static PortRange tcp(int port) {
        return new PortRange(Protocol.TCP, port, port);
    }

    /**
     * Returns a range of TCP ports.
     *
     * @param from the first port
     * @param to the last port
     * @return the range
     */
    public static PortRange tcp(int from, int to) {
        return new PortRange(Protocol.TCP, from, to);
    }

    /**
     * Returns one UDP port.
     *
     * @param port the port
     * @return the range of this one port
     */
    public static PortRange udp(int port) {
        return new PortRange(Protocol.UDP, port, port);
    }

    /**
     * Returns a range of UDP ports.
     *
     * @param from the first port
     * @param to the last port
     * @return the range
     */
    public static PortRange udp(int from, int to) {
        return new PortRange(Protocol.UDP, from, to);
    }

    /**
     * Returns all packets of a protocol.
     *
     * @param protocol the protocol
     * @return all ports for TCP and UDP, {@link #NO_PORT} for the others
     */
    public static PortRange all(Protocol protocol) {
        return protocol.hasPorts() ? new PortRange(protocol, 0, 65535) : new PortRange(protocol, NO_PORT, NO_PORT);
    }

    /** Returns a short form: {@code tcp/6443}, {@code tcp/30000-32767}, {@code icmp}. */
    @Override
    public String toString() {
        String name = protocol.name().toLowerCase(java.util.Locale.ROOT);
        if (from == NO_PORT && to == NO_PORT) {
            return name;
        }
        return name + "/" + (from == to ? String.valueOf(from) : from + "-" + to);
    }
}
