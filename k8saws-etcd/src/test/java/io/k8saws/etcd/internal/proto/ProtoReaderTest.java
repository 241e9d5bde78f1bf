package io.k8saws.etcd.internal.proto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtoReaderTest {
    @Test
    void fieldsOfEachType() {
        // 1: 150, 2: "testing", 3: 8 bytes, 4: 4 bytes, 16: -1
        byte[] message = HexFormat.of()
                .parseHex("089601" + "120774657374696e67" + "190102030405060708" + "2501020304"
                        + "8001ffffffffffffffffff01");
        ProtoReader reader = new ProtoReader(message, 0, message.length);

        assertThat(reader.next()).isTrue();
        assertThat(reader.isNumber(1)).isTrue();
        assertThat(reader.number()).isEqualTo(150);
        assertThat(reader.next()).isTrue();
        assertThat(reader.isBytes(2)).isTrue();
        assertThat(reader.isNumber(2)).isFalse();
        assertThat(reader.text()).isEqualTo("testing");
        assertThat(reader.next()).isTrue();
        assertThat(reader.field()).isEqualTo(3);
        assertThat(reader.next()).isTrue();
        assertThat(reader.field()).isEqualTo(4);
        assertThat(reader.next()).isTrue();
        assertThat(reader.isNumber(16)).isTrue();
        assertThat(reader.number()).isEqualTo(-1);
        assertThat(reader.next()).isFalse();
        assertThat(reader.fault()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "00, field number 0",
        "0a05ff, field 1 of 5 bytes",
        "0affffffffffffffffff01, field 1 of 18446744073709551615 bytes",
        "08, a number beyond the end",
        "08ffffffffffffffffffffff, a number of more than ten bytes",
        "0901, field 1 beyond the end",
        "0b, wire type 3",
        "0f, wire type 7"
    })
    void whatIsNoMessageEndsTheWalk(String hex, String fault) {
        byte[] message = HexFormat.of().parseHex(hex);
        ProtoReader reader = new ProtoReader(message, 0, message.length);

        assertThat(reader.next()).isFalse();
        assertThat(reader.fault()).isEqualTo(fault);
        assertThat(reader.next()).isFalse();
    }

    @Property(tries = 2000)
    void anyBytesEndWithinTheirBounds(@ForAll byte[] bytes) {
        byte[] array = new byte[bytes.length + 20];
        System.arraycopy(bytes, 0, array, 10, bytes.length);
        ProtoReader reader = new ProtoReader(array, 10, bytes.length);
        int fields = 0;
        while (reader.next()) {
            fields++;
            if (reader.isBytes(reader.field())) {
                assertThat(reader.offset()).isGreaterThan(10);
                assertThat(reader.offset() + reader.length()).isLessThanOrEqualTo(10 + bytes.length);
            }
        }
        assertThat(fields).isLessThanOrEqualTo(bytes.length);
    }
}
