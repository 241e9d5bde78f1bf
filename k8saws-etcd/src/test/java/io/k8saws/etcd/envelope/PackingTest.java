package io.k8saws.etcd.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackingTest {
    private static final Map<String, String> CONTEXT = Map.of("k8saws:backup", "payments/main/1");
    private static final int HEAD = 12;
    private static final int SEALED = Packing.CHUNK + 16;

    private final MasterKey master = MasterKey.of("mine", bytes(32, 1));

    private static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private byte[] pack(byte[] plain, Compression compression, boolean encrypted) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DataKey key = master.newDataKey(CONTEXT)) {
            try (OutputStream packing =
                    Packing.pack(out, compression, encrypted ? Optional.of(key) : Optional.empty())) {
                packing.write(plain);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private byte[] unpack(
            byte[] packed, Compression compression, Optional<MasterKey> key, Map<String, String> context) {
        try (InputStream in = Packing.unpack(new ByteArrayInputStream(packed), compression, key, context)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] decrypt(byte[] packed) {
        return unpack(packed, Compression.NONE, Optional.of(master), CONTEXT);
    }

    @Property(tries = 60)
    void comesBack(
            @ForAll @IntRange(max = 300_000) int length,
            @ForAll Compression compression,
            @ForAll boolean encrypted,
            @ForAll long seed) {
        byte[] plain = bytes(length, seed);

        byte[] packed = pack(plain, compression, encrypted);

        assertThat(unpack(packed, compression, encrypted ? Optional.of(master) : Optional.empty(), CONTEXT))
                .isEqualTo(plain);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "65535, 1", "65536, 1", "65537, 2", "131072, 2", "131073, 3"})
    void theLastChunkIsTheOneThatEnds(int length, int chunks) {
        byte[] packed = pack(bytes(length, 2), Compression.NONE, true);
        int header = header(packed);

        assertThat(packed.length - header).isEqualTo(length + 16 * chunks);
        assertThat(decrypt(packed)).isEqualTo(bytes(length, 2));
    }

    private static int header(byte[] packed) {
        return HEAD + java.nio.ByteBuffer.wrap(packed).getInt(8);
    }

    @Property(tries = 2_000)
    void noBitOfWhatIsEncryptedCanBeAnotherOne(@ForAll long seed) {
        byte[] packed = TWO_CHUNKS.clone();
        int at = new Random(seed).nextInt(packed.length);
        packed[at] ^= (byte) (1 << new Random(~seed).nextInt(8));

        assertThatThrownBy(() -> decryptFixed(packed)).isInstanceOf(K8sAwsException.class);
    }

    private static final MasterKey FIXED = MasterKey.of("mine", bytes(32, 1));
    private static final byte[] TWO_CHUNKS = new PackingTest().pack(bytes(80_000, 3), Compression.NONE, true);

    private byte[] decryptFixed(byte[] packed) {
        return unpack(packed, Compression.NONE, Optional.of(FIXED), CONTEXT);
    }

    @Test
    void everyBitOfTheHeaderCounts() {
        for (int bit = 0; bit < header(TWO_CHUNKS) * 8; bit++) {
            byte[] packed = TWO_CHUNKS.clone();
            packed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> decryptFixed(packed)).as("bit %d", bit).isInstanceOf(K8sAwsException.class);
        }
    }

    @Test
    void noEndCanBeCutOff() {
        byte[] packed = pack(bytes(2 * Packing.CHUNK + 100, 4), Compression.NONE, true);
        for (int length = 0; length < packed.length; length += 97) {
            byte[] cut = Arrays.copyOf(packed, length);
            assertThatThrownBy(() -> decrypt(cut)).as("%d bytes", length).isInstanceOf(DamagedException.class);
        }
        int header = header(packed);
        for (int chunks = 0; chunks < 3; chunks++) {
            byte[] cut = Arrays.copyOf(packed, header + chunks * SEALED);
            assertThatThrownBy(() -> decrypt(cut)).as("%d chunks", chunks).isInstanceOf(DamagedException.class);
        }
    }

    @Test
    void chunksStayWhereTheyWere() {
        byte[] packed = pack(bytes(4 * Packing.CHUNK, 5), Compression.NONE, true);
        int header = header(packed);
        byte[] swapped = packed.clone();
        System.arraycopy(packed, header, swapped, header + SEALED, SEALED);
        System.arraycopy(packed, header + SEALED, swapped, header, SEALED);
        byte[] doubled = packed.clone();
        System.arraycopy(packed, header, doubled, header + SEALED, SEALED);
        byte[] dropped = new byte[packed.length - SEALED];
        System.arraycopy(packed, 0, dropped, 0, header + SEALED);
        System.arraycopy(packed, header + 2 * SEALED, dropped, header + SEALED, dropped.length - header - SEALED);

        assertThatThrownBy(() -> decrypt(swapped)).isInstanceOf(DamagedException.class);
        assertThatThrownBy(() -> decrypt(doubled)).isInstanceOf(DamagedException.class);
        assertThatThrownBy(() -> decrypt(dropped)).isInstanceOf(DamagedException.class);
    }

    @Test
    void aKeyOpensItsOwnBackupAlone() {
        byte[] packed = pack(bytes(10, 6), Compression.NONE, true);

        assertThatThrownBy(() -> unpack(
                        packed, Compression.NONE, Optional.of(master), Map.of("k8saws:backup", "payments/main/2")))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("another key");
        assertThatThrownBy(() ->
                        unpack(packed, Compression.NONE, Optional.of(MasterKey.of("mine", bytes(32, 9))), CONTEXT))
                .hasMessageContaining("another key");
        assertThatThrownBy(() ->
                        unpack(packed, Compression.NONE, Optional.of(MasterKey.of("other", bytes(32, 1))), CONTEXT))
                .hasMessageContaining("key mine")
                .hasMessageContaining("key other");
    }

    @Test
    void noTwoContextsHaveTheSameBytes() {
        assertThat(OwnMasterKey.authenticated(Map.of("a", "b, c=d")))
                .isNotEqualTo(OwnMasterKey.authenticated(Map.of("a", "b", "c", "d")));
        assertThat(OwnMasterKey.authenticated(Map.of("a", "bc")))
                .isNotEqualTo(OwnMasterKey.authenticated(Map.of("ab", "c")));
    }

    @Test
    void noTwoBackupsLookAlike() {
        byte[] once = pack(bytes(1000, 7), Compression.NONE, true);
        byte[] twice = pack(bytes(1000, 7), Compression.NONE, true);

        assertThat(once).isNotEqualTo(twice);
        assertThat(Arrays.copyOfRange(once, header(once), once.length))
                .isNotEqualTo(Arrays.copyOfRange(twice, header(twice), twice.length));
    }

    @ParameterizedTest
    @CsvSource({"GZIP", "ZSTD"})
    void whatCannotBeDecompressedIsDamaged(Compression compression) {
        byte[] packed = pack(bytes(50_000, 8), compression, false);

        assertThatThrownBy(() -> unpack(Arrays.copyOf(packed, 20_000), compression, Optional.empty(), CONTEXT))
                .isInstanceOf(DamagedException.class);
        assertThatThrownBy(() -> unpack(new byte[] {1, 2, 3}, compression, Optional.empty(), CONTEXT))
                .isInstanceOf(DamagedException.class);
        assertThatThrownBy(() -> unpack(new byte[0], compression, Optional.empty(), CONTEXT))
                .isInstanceOf(DamagedException.class);
    }
}
