package io.k8saws.testkit;

import java.util.Locale;
import java.util.stream.IntStream;

/** The little arithmetic on IPv4 ranges that a test network needs. */
final class Cidr {
    private Cidr() {}

    /** The four bytes of an address, each from 0 to 255. */
    static int[] address(String address) {
        String[] parts = address.split("\\.", -1);
        int[] bytes = new int[4];
        if (parts.length != 4) {
            throw notOne(address);
        }
        for (int i = 0; i < 4; i++) {
            try {
                bytes[i] = Integer.parseInt(parts[i]);
            } catch (NumberFormatException e) {
                throw notOne(address);
            }
            if (bytes[i] < 0 || bytes[i] > 255) {
                throw notOne(address);
            }
        }
        return bytes;
    }

    /** The n-th address of a range; 0 is the range's own. */
    static String nth(String cidr, int n) {
        int[] bytes = address(cidr.substring(0, cidr.indexOf('/')));
        long value = IntStream.of(bytes).asLongStream().reduce(0, (all, next) -> all * 256 + next) + n;
        return String.format(
                Locale.ROOT, "%d.%d.%d.%d", value >> 24 & 255, value >> 16 & 255, value >> 8 & 255, value & 255);
    }

    /** The length of a range's prefix. */
    static int length(String cidr) {
        return Integer.parseInt(cidr.substring(cidr.indexOf('/') + 1));
    }

    /** A range's mask, such as 255.255.240.0. */
    static String mask(String cidr) {
        long mask = 0xffffffffL << 32 - length(cidr) & 0xffffffffL;
        return String.format(
                Locale.ROOT, "%d.%d.%d.%d", mask >> 24 & 255, mask >> 16 & 255, mask >> 8 & 255, mask & 255);
    }

    private static IllegalArgumentException notOne(String address) {
        return new IllegalArgumentException("Read the IPv4 address '" + address
                + "': it is none. Give four numbers from 0 to 255 with dots between.");
    }
}
