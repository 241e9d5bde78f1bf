package io.k8saws.etcd.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.k8saws.error.CorruptSnapshotException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SealedJsonTest {
    private static byte[] sealed() {
        ObjectNode object = SealedJson.newObject();
        object.put("text", "grün").put("number", 7).putArray("list").add("a");
        return SealedJson.seal(object);
    }

    @Test
    void comesBackAsItWas() {
        ObjectNode object = SealedJson.open("it", sealed());

        assertThat(object.path("text").asText()).isEqualTo("grün");
        assertThat(object.has("seal")).isFalse();
        assertThat(SealedJson.seal(object)).isEqualTo(sealed());
        assertThat(new String(sealed(), StandardCharsets.UTF_8)).startsWith("{").endsWith("\"\n}\n");
    }

    @Test
    void everyBitAndEveryLengthCounts() {
        byte[] text = sealed();
        for (int bit = 0; bit < text.length * 8; bit++) {
            byte[] damaged = text.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> SealedJson.open("it", damaged))
                    .as("bit %d", bit)
                    .isInstanceOf(CorruptSnapshotException.class);
        }
        for (int length = 0; length < text.length; length++) {
            byte[] cut = Arrays.copyOf(text, length);
            assertThatThrownBy(() -> SealedJson.open("it", cut))
                    .as("%d bytes", length)
                    .isInstanceOf(CorruptSnapshotException.class);
        }
    }
}
