package io.k8saws.etcd.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceValueTest {
    @Test
    void protocolBuffers() {
        byte[] label = message(field(1, "app"), field(2, "web"));
        byte[] owner = message(field(1, "Shop"), field(3, "main"), field(4, "u-0"), field(5, "example.com/v1"));
        byte[] metadata =
                message(field(1, "front"), field(3, "shop"), field(5, "u-1"), field(11, label), field(13, owner));
        byte[] type = message(field(1, "apps/v1"), field(2, "Deployment"));
        byte[] object = message(field(1, metadata), field(2, new byte[] {8, 3}));
        byte[] value = join("k8s\0".getBytes(StandardCharsets.US_ASCII), message(field(1, type), field(2, object)));

        ResourceValue found = ResourceValue.of(value);

        assertThat(found)
                .isEqualTo(new ResourceValue(
                        ResourceValue.Encoding.PROTOBUF,
                        "apps/v1",
                        "Deployment",
                        "shop",
                        "front",
                        "u-1",
                        Map.of("app", "web"),
                        List.of("u-0"),
                        "",
                        "",
                        value.length));
        assertThat(found.group()).isEqualTo("apps");
        assertThat(found).hasToString("apps/v1 Deployment shop/front, " + value.length + " bytes");
    }

    @Test
    void json() {
        byte[] value =
                ("{\"spec\":{\"kind\":\"other\"},\"apiVersion\":\"stable.example.com/v1\",\"kind\":\"CronTab\",\"metadata\":{\"name\":\"nightly\","
                                + "\"annotations\":{\"name\":\"no\"},\"namespace\":\"shop\",\"uid\":\"u-2\",\"labels\":{\"a\":\"b\",\"c\":[1]},"
                                + "\"ownerReferences\":[{\"uid\":\"u-3\",\"name\":\"x\"},{\"controller\":true,\"uid\":\"u-4\"}]},\"status\":[]}")
                        .getBytes(StandardCharsets.UTF_8);

        assertThat(ResourceValue.of(value))
                .isEqualTo(new ResourceValue(
                        ResourceValue.Encoding.JSON,
                        "stable.example.com/v1",
                        "CronTab",
                        "shop",
                        "nightly",
                        "u-2",
                        Map.of("a", "b"),
                        List.of("u-3", "u-4"),
                        "",
                        "",
                        value.length));
    }

    @Test
    void encryptedValuesTellTheirKeyAlone() {
        ResourceValue found =
                ResourceValue.of("k8s:enc:aescbc:v1:key1:\u0001\u0002".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(found.encoding()).isEqualTo(ResourceValue.Encoding.ENCRYPTED);
        assertThat(found.encryption()).contains("encrypted by aescbc, key key1");
        assertThat(found).hasToString("encrypted by aescbc, key key1, 25 bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "{",
                "{}",
                "{\"kind\":\"Pod\"",
                "{\"kind\":[[[[",
                "[1]",
                "k8s:enc:",
                "k8s:enc:aescbc:v1",
                "k8s:enc::v1:key:",
                "k8s\0",
                "k8s\0\n\u007f"
            })
    void whatCannotBeReadIsSaidToBeSo(String value) {
        ResourceValue found = ResourceValue.of(value.getBytes(StandardCharsets.ISO_8859_1));

        assertThat(found.encoding()).isEqualTo(ResourceValue.Encoding.OTHER);
        assertThat(found.kind()).isEmpty();
        assertThat(found.encryption()).isEmpty();
    }

    @Property(tries = 3000)
    void anyBytesHaveAGist(@ForAll byte[] rest, @ForAll boolean json) {
        byte[] start = (json ? "{\"metadata\":{\"" : "k8s\0").getBytes(StandardCharsets.US_ASCII);

        assertThat(ResourceValue.of(join(start, rest)).size()).isEqualTo(start.length + rest.length);
    }

    @Test
    void deepJsonEnds() {
        String deep = "{\"kind\":" + "[".repeat(100_000);

        assertThat(ResourceValue.of(deep.getBytes(StandardCharsets.UTF_8)).encoding())
                .isEqualTo(ResourceValue.Encoding.OTHER);
    }

    private static byte[] field(int number, String text) {
        return field(number, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] field(int number, byte[] bytes) {
        return join(new byte[] {(byte) (number << 3 | 2), (byte) bytes.length}, bytes);
    }

    private static byte[] message(byte[]... fields) {
        return join(fields);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
