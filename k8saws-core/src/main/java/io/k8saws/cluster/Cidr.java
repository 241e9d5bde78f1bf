package io.k8saws.cluster;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A block of addresses, such as {@code 10.0.0.0/16}. Immutable and thread-safe; two blocks are equal when their text is. IPv4 is what
 * this version plans with; IPv6 blocks can be written, compared and printed.
 *
 * <p>Builders of specifications take text, too, and collect mistakes instead of throwing at the first. For this a {@code Cidr} can
 * hold text that is no block ({@link #isWellFormed()} is false). A built {@link ClusterSpec} never contains one.
 */
public final class Cidr {

    private static final IPAddressStringParameters STRICT = new IPAddressStringParameters.Builder()
            .allowEmpty(false)
            .allowAll(false)
            .allowSingleSegment(false)
            .allowMask(false)
            .allowWildcardedSeparator(false)
            .getIPv4AddressParametersBuilder()
            .allow_inet_aton(false)
            .allowLeadingZeros(false)
            .setRangeOptions(inet.ipaddr.AddressStringParameters.RangeParameters.NO_RANGE)
            .getParentBuilder()
            .getIPv6AddressParametersBuilder()
            .allowZone(false)
            .setRangeOptions(inet.ipaddr.AddressStringParameters.RangeParameters.NO_RANGE)
            .getParentBuilder()
            .toParams();

    /** Every IPv4 address. */
    public static final Cidr ANYWHERE = of("0.0.0.0/0");

    private final String text;
    private final @Nullable IPAddress block;
    private final Optional<String> problem;
    private final Optional<String> suggestion;

    private Cidr(String text, @Nullable IPAddress block, @Nullable String problem, @Nullable String suggestion) {
        this.text = text;
        this.block = block;
        this.problem = Optional.ofNullable(problem);
        this.suggestion = Optional.ofNullable(suggestion);
    }

    /**
     * Reads a block of addresses.
     *
     * @param text an address, a slash and a prefix length; the bits after the prefix must be zero
     * @return the block
     * @throws InvalidSpecException when the text is no such block; the fix names the block that was probably meant
     */
    public static Cidr of(String text) {
        Cidr cidr = parse(text);
        if (!cidr.isWellFormed()) {
            throw new InvalidSpecException("Read CIDR " + text, List.of(cidr.violation("cidr")));
        }
        return cidr;
    }

    /**
     * Reads a block of addresses and never throws: what is no block is kept as text and reported when the {@link ClusterSpec} is built.
     *
     * @param text any text
     * @return the block; ask {@link #isWellFormed()}
     */
    public static Cidr parse(String text) {
        Objects.requireNonNull(text, "text");
        String trimmed = text.strip();
        if (trimmed.isEmpty()) {
            return new Cidr(text, null, "is empty", "10.0.0.0/16");
        }
        IPAddress address;
        try {
            address = new IPAddressString(trimmed, STRICT).toAddress();
        } catch (AddressStringException e) {
            return new Cidr(text, null, "is not a block of addresses", "10.0.0.0/16");
        }
        if (address == null) {
            return new Cidr(text, null, "is not a block of addresses", "10.0.0.0/16");
        }
        Integer prefix = address.getNetworkPrefixLength();
        if (prefix == null) {
            return new Cidr(
                    text, null, "has no prefix length", address.toCanonicalString() + "/" + address.getBitCount());
        }
        if (address.isIPv6() && address.toIPv6().isIPv4Mapped()) {
            return new Cidr(text, null, "is an IPv4 address mapped into IPv6", "10.0.0.0/16");
        }
        IPAddress lower = address.getLower().withoutPrefixLength();
        IPAddress network = lower.toPrefixBlock(prefix);
        IPAddress start = network.getLower().withoutPrefixLength();
        if (!start.equals(lower)) {
            return new Cidr(text, null, "has bits set after its prefix", start.toCanonicalString() + "/" + prefix);
        }
        return new Cidr(start.toCanonicalString() + "/" + prefix, network, null, null);
    }

    static List<Cidr> parseAll(String... texts) {
        return Arrays.stream(texts).map(Cidr::parse).collect(Collectors.toUnmodifiableList());
    }

    /**
     * Tells whether the text is a block of addresses.
     *
     * @return false only for what {@link #parse} was given and could not read
     */
    public boolean isWellFormed() {
        return block != null;
    }

    /**
     * Returns the mistake in a text that is no block.
     *
     * @param path where the text stands
     * @return the violation, with the block that was probably meant
     * @throws IllegalStateException when the text is a block
     */
    Violation violation(String path) {
        return new Violation(
                path,
                "'" + text + "' " + problem.orElseThrow(() -> new IllegalStateException(text + " is well formed")),
                "write an address and a prefix length, such as " + suggestion.orElse("10.0.0.0/16"));
    }

    /**
     * Tells the address family.
     *
     * @return true for IPv6
     */
    public boolean isIpv6() {
        return block().isIPv6();
    }

    /**
     * Returns the number of leading bits that all addresses of the block share.
     *
     * @return 0 to 32, or to 128 for IPv6
     */
    public int prefixLength() {
        return Objects.requireNonNull(block().getNetworkPrefixLength());
    }

    /**
     * Returns the number of addresses.
     *
     * @return a power of two
     */
    public BigInteger size() {
        return block().getCount();
    }

    /**
     * Returns the address at a position.
     *
     * @param index the position from 0, the block's first address
     * @return the address, without a prefix length
     * @throws IndexOutOfBoundsException when the block has fewer addresses
     */
    public String address(long index) {
        if (index < 0 || BigInteger.valueOf(index).compareTo(size()) >= 0) {
            throw new IndexOutOfBoundsException("address " + index + " of " + this);
        }
        return block().getLower().withoutPrefixLength().increment(index).toCanonicalString();
    }

    /**
     * Returns one of the equal parts into which the block can be cut.
     *
     * @param prefixLength the prefix length of the parts
     * @param index which part, from 0
     * @return the part
     * @throws IndexOutOfBoundsException when there is no such part
     */
    public Cidr part(int prefixLength, long index) {
        int bits = prefixLength - prefixLength();
        if (bits < 0
                || prefixLength > block().getBitCount()
                || index < 0
                || BigInteger.valueOf(index).compareTo(BigInteger.ONE.shiftLeft(bits)) >= 0) {
            throw new IndexOutOfBoundsException("part " + index + " of size /" + prefixLength + " of " + this);
        }
        BigInteger offset = BigInteger.valueOf(index).shiftLeft(block().getBitCount() - prefixLength);
        IPAddress lower = block().getLower().withoutPrefixLength();
        IPAddress start = lower.isIPv6() ? lower.toIPv6().increment(offset) : lower.increment(offset.longValueExact());
        return of(start.toCanonicalString() + "/" + prefixLength);
    }

    /**
     * Tells whether all addresses of another block are in this one.
     *
     * @param other the other block
     * @return true when it lies inside or is equal; false for another address family
     */
    public boolean contains(Cidr other) {
        return block().contains(other.block());
    }

    /**
     * Tells whether a single address is in this block.
     *
     * @param address the address as text
     * @return true when it is; false when the text is no address
     */
    public boolean contains(String address) {
        IPAddress parsed = new IPAddressString(address, STRICT).getAddress();
        return parsed != null && block().contains(parsed.withoutPrefixLength());
    }

    /**
     * Tells whether this block and another share an address.
     *
     * @param other the other block
     * @return true when they do
     */
    public boolean overlaps(Cidr other) {
        return contains(other) || other.contains(this);
    }

    private IPAddress block() {
        if (block == null) {
            throw new IllegalStateException("'" + text + "' is not a block of addresses");
        }
        return block;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Cidr cidr && cidr.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Returns the block in its canonical form, or the text as it was given when it is no block. */
    @Override
    public String toString() {
        return text;
    }
}
