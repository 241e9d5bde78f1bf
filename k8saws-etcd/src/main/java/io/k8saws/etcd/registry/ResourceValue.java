package io.k8saws.etcd.registry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.k8saws.etcd.internal.proto.ProtoReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The gist of what Kubernetes keeps under a key: what it is and whose, never its content. Built-in objects are protocol buffers behind {@code k8s\0}, custom
 * resources are JSON, and what is encrypted at rest begins with {@code k8s:enc:}. A value that is none of these, or is cut, is {@link Encoding#OTHER}; nothing is
 * ever thrown.
 *
 * @param encoding how it is written
 * @param apiVersion such as {@code apps/v1}; empty if it is not known
 * @param kind such as {@code Deployment}; empty if it is not known
 * @param namespace the namespace in the object; empty for cluster-scoped objects and if it is not known
 * @param name the name in the object; empty if it is not known
 * @param uid the object's uid; empty if it is not known
 * @param labels the object's labels, by name
 * @param ownerUids the uids of the objects that own it, in the order of its {@code ownerReferences}; the garbage collector deletes an object when all of them are gone
 * @param provider what encrypted it, such as {@code aescbc} or {@code kms}; empty if it is not encrypted
 * @param keyName the name of the key that encrypted it, for the provider {@code kms} the name of the plug-in; empty if it is not encrypted
 * @param size bytes of the value as it is stored
 */
public record ResourceValue(
        Encoding encoding,
        String apiVersion,
        String kind,
        String namespace,
        String name,
        String uid,
        Map<String, String> labels,
        List<String> ownerUids,
        String provider,
        String keyName,
        int size) {
    private static final byte[] PROTOBUF = {'k', '8', 's', 0};
    private static final byte[] ENCRYPTED = "k8s:enc:".getBytes(StandardCharsets.US_ASCII);
    /** A label's name has at most 317 characters and its value 63; an object of 1.5 MiB cannot have this many. */
    private static final int MOST_LABELS = 10_000;

    private static final int MOST_OWNERS = 1_000;

    private static final JsonFactory JSON = new JsonFactory();

    /** How a value is written. */
    public enum Encoding {
        /** Protocol buffers, as the API server writes its own types. */
        PROTOBUF,
        /** JSON, as it writes custom resources. */
        JSON,
        /** Encrypted at rest: of no use without the keys of the {@code EncryptionConfiguration}. */
        ENCRYPTED,
        /** None of these. */
        OTHER
    }

    /** Makes the labels a copy in order, and copies the owners. */
    public ResourceValue {
        ownerUids = List.copyOf(ownerUids);
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    /**
     * Looks at a value.
     *
     * @param value a value of etcd
     * @return its gist
     */
    public static ResourceValue of(byte[] value) {
        Gist gist = new Gist();
        Encoding encoding = Encoding.OTHER;
        if (startsWith(value, ENCRYPTED)) {
            encoding = gist.encrypted(value) ? Encoding.ENCRYPTED : Encoding.OTHER;
        } else if (startsWith(value, PROTOBUF)) {
            encoding = gist.protobuf(value) ? Encoding.PROTOBUF : Encoding.OTHER;
        } else if (value.length > 0 && value[0] == '{') {
            encoding = gist.json(value) ? Encoding.JSON : Encoding.OTHER;
        }
        return (encoding == Encoding.OTHER ? new Gist() : gist).value(encoding, value.length);
    }

    private static boolean startsWith(byte[] value, byte[] prefix) {
        return value.length >= prefix.length && Arrays.equals(value, 0, prefix.length, prefix, 0, prefix.length);
    }

    /**
     * The API group.
     *
     * @return such as {@code apps}; empty for the core group, and if it is not known
     */
    public String group() {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    /**
     * Says that a value cannot be read without a key.
     *
     * @return {@code encrypted by <provider>, key <name>}; empty if it is not encrypted
     */
    public Optional<String> encryption() {
        return encoding == Encoding.ENCRYPTED
                ? Optional.of("encrypted by " + provider + ", key " + keyName)
                : Optional.empty();
    }

    /** For example {@code apps/v1 Deployment payments/web, 812 bytes}. */
    @Override
    public String toString() {
        String what =
                switch (encoding) {
                    case ENCRYPTED -> encryption().orElseThrow();
                    case OTHER -> "unknown";
                    case PROTOBUF, JSON ->
                        apiVersion + " " + kind + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
                };
        return what.strip() + ", " + size + " bytes";
    }

    /** What is collected from a value. */
    private static final class Gist {
        private String apiVersion = "";
        private String kind = "";
        private String namespace = "";
        private String name = "";
        private String uid = "";
        private final Map<String, String> labels = new TreeMap<>();
        private final List<String> ownerUids = new ArrayList<>();
        private String provider = "";
        private String keyName = "";

        ResourceValue value(Encoding encoding, int size) {
            return new ResourceValue(
                    encoding, apiVersion, kind, namespace, name, uid, labels, ownerUids, provider, keyName, size);
        }

        /** {@code k8s:enc:<provider>:<version>:<key>:}, apiserver's {@code options/encryptionconfig}. */
        boolean encrypted(byte[] value) {
            String text = new String(value, 0, Math.min(value.length, 512), StandardCharsets.ISO_8859_1);
            String[] parts = text.split(":", 6);
            if (parts.length < 6 || parts[2].isEmpty() || parts[4].isEmpty()) {
                return false;
            }
            provider = parts[2];
            keyName = parts[4];
            return provider.chars().allMatch(Gist::plain) && keyName.chars().allMatch(Gist::plain);
        }

        private static boolean plain(int c) {
            return c > ' ' && c < 0x7f;
        }

        /** {@code runtime.Unknown}: 1 type (1 apiVersion, 2 kind), 2 the object, whose field 1 is its metadata. */
        boolean protobuf(byte[] value) {
            ProtoReader unknown = new ProtoReader(value, PROTOBUF.length, value.length - PROTOBUF.length);
            while (unknown.next()) {
                if (unknown.isBytes(1)) {
                    ProtoReader type = unknown.message();
                    while (type.next()) {
                        if (type.isBytes(1)) {
                            apiVersion = type.text();
                        } else if (type.isBytes(2)) {
                            kind = type.text();
                        }
                    }
                } else if (unknown.isBytes(2)) {
                    object(unknown.message());
                }
            }
            return unknown.fault().isEmpty() && !kind.isEmpty();
        }

        private void object(ProtoReader object) {
            while (object.next()) {
                if (object.isBytes(1)) {
                    metadata(object.message());
                    return;
                }
            }
        }

        /** {@code ObjectMeta}: 1 name, 3 namespace, 5 uid, 11 labels, 13 ownerReferences, of which 4 is the uid. */
        private void metadata(ProtoReader meta) {
            while (meta.next()) {
                if (meta.isBytes(1)) {
                    name = meta.text();
                } else if (meta.isBytes(3)) {
                    namespace = meta.text();
                } else if (meta.isBytes(5)) {
                    uid = meta.text();
                } else if (meta.isBytes(11) && labels.size() < MOST_LABELS) {
                    label(meta.message());
                } else if (meta.isBytes(13)) {
                    ProtoReader owner = meta.message();
                    while (owner.next()) {
                        if (owner.isBytes(4)) {
                            addOwner(owner.text());
                        }
                    }
                }
            }
        }

        private void addOwner(String owner) {
            if (ownerUids.size() < MOST_OWNERS) {
                ownerUids.add(owner);
            }
        }

        private void label(ProtoReader entry) {
            String label = "";
            String text = "";
            while (entry.next()) {
                if (entry.isBytes(1)) {
                    label = entry.text();
                } else if (entry.isBytes(2)) {
                    text = entry.text();
                }
            }
            labels.put(label, text);
        }

        boolean json(byte[] value) {
            try (JsonParser parser = JSON.createParser(value)) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    return false;
                }
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String field = parser.currentName();
                    JsonToken token = parser.nextToken();
                    if (token == JsonToken.VALUE_STRING && field.equals("apiVersion")) {
                        apiVersion = parser.getText();
                    } else if (token == JsonToken.VALUE_STRING && field.equals("kind")) {
                        kind = parser.getText();
                    } else if (token == JsonToken.START_OBJECT && field.equals("metadata")) {
                        metadata(parser);
                    } else {
                        parser.skipChildren();
                    }
                }
                return parser.currentToken() == JsonToken.END_OBJECT && !kind.isEmpty();
            } catch (IOException e) {
                return false;
            }
        }

        private void metadata(JsonParser parser) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken token = parser.nextToken();
                if (token == JsonToken.VALUE_STRING) {
                    switch (field) {
                        case "name" -> name = parser.getText();
                        case "namespace" -> namespace = parser.getText();
                        case "uid" -> uid = parser.getText();
                        default -> {}
                    }
                } else if (token == JsonToken.START_OBJECT && field.equals("labels")) {
                    while (parser.nextToken() == JsonToken.FIELD_NAME) {
                        String label = parser.currentName();
                        if (parser.nextToken() == JsonToken.VALUE_STRING && labels.size() < MOST_LABELS) {
                            labels.put(label, parser.getText());
                        } else {
                            parser.skipChildren();
                        }
                    }
                } else if (token == JsonToken.START_ARRAY && field.equals("ownerReferences")) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        owner(parser);
                    }
                } else {
                    parser.skipChildren();
                }
            }
        }

        private void owner(JsonParser parser) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                if (parser.nextToken() == JsonToken.VALUE_STRING && field.equals("uid")) {
                    addOwner(parser.getText());
                } else {
                    parser.skipChildren();
                }
            }
        }
    }
}
