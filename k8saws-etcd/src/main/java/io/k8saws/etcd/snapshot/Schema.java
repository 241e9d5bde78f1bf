package io.k8saws.etcd.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.etcd.internal.bolt.BoltFile;
import io.k8saws.etcd.internal.bolt.Bucket;
import io.k8saws.etcd.internal.bolt.BucketCursor;
import io.k8saws.etcd.internal.bolt.PageSet;
import io.k8saws.etcd.internal.proto.ProtoReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** The small buckets of etcd, decoded. Source: etcd's {@code storage/schema}. */
final class Schema {
    static final String KEY = "key";
    static final String META = "meta";
    static final String LEASE = "lease";
    private static final String ALARM = "alarm";
    private static final String CLUSTER = "cluster";
    private static final String MEMBERS = "members";
    private static final String MEMBERS_REMOVED = "members_removed";
    private static final String AUTH = "auth";
    private static final String AUTH_USERS = "authUsers";
    private static final String AUTH_ROLES = "authRoles";
    private static final Set<String> NAMES =
            Set.of(KEY, META, LEASE, ALARM, CLUSTER, MEMBERS, MEMBERS_REMOVED, AUTH, AUTH_USERS, AUTH_ROLES);

    /** No cluster has as many members, users, roles or alarms; together with the next, what lists of them may take. */
    private static final int MOST_ENTRIES = 100_000;

    private static final int MOST_BYTES = 32 << 20;
    /** A member is some hundred bytes of JSON, and as a tree it takes many times its length. */
    private static final int MOST_OF_MEMBER = 64 << 10;

    private static final int MOST_OF_MEMBERS = 1 << 20;
    private static final int REVISION = 17;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final BoltFile file;
    private final Map<String, Bucket> buckets;

    Schema(BoltFile file) {
        this.file = file;
        this.buckets = file.buckets(NAMES);
    }

    Optional<Bucket> bucket(String name) {
        return Optional.ofNullable(buckets.get(name));
    }

    Bucket require(String name) {
        return bucket(name)
                .orElseThrow(() -> new CorruptSnapshotException(
                        file.path().toString(),
                        0,
                        CorruptSnapshotException.NO_PAGE,
                        "there is no bucket " + name,
                        "the buckets of etcd"));
    }

    OptionalLong consistentIndex() {
        return number("consistent_index");
    }

    OptionalLong term() {
        return number("term");
    }

    long scheduledCompaction() {
        return revision("scheduledCompactRev");
    }

    long finishedCompaction() {
        return revision("finishedCompactRev");
    }

    String storageVersion() {
        return text(META, "storageVersion");
    }

    String clusterVersion() {
        return text(CLUSTER, "clusterVersion");
    }

    List<SnapshotMember> members() {
        List<SnapshotMember> members = new ArrayList<>();
        for (Entry entry : entries(MEMBERS, MOST_OF_MEMBERS)) {
            JsonNode json = entry.json();
            String id = entry.keyText();
            JsonNode number = json.path("id");
            if (!number.isIntegralNumber()
                    || !Long.toHexString(number.bigIntegerValue().longValue()).equals(id)) {
                throw entry.corrupt("member " + printable(id) + " has another id in its value", "the same");
            }
            members.add(new SnapshotMember(
                    id,
                    json.path("name").asText(""),
                    texts(json.path("peerURLs")),
                    texts(json.path("clientURLs")),
                    json.path("isLearner").asBoolean(false)));
        }
        return members;
    }

    List<String> removedMembers() {
        return entries(MEMBERS_REMOVED).stream().map(Entry::keyText).toList();
    }

    List<SnapshotAlarm> alarms() {
        List<SnapshotAlarm> alarms = new ArrayList<>();
        for (Entry entry : entries(ALARM)) {
            long member = 0;
            long type = 0;
            ProtoReader fields = new ProtoReader(entry.key, 0, entry.key.length);
            while (fields.next()) {
                if (fields.isNumber(1)) {
                    member = fields.number();
                } else if (fields.isNumber(2)) {
                    type = fields.number();
                }
            }
            entry.requireWhole(fields, "an alarm");
            alarms.add(new SnapshotAlarm(
                    Long.toHexString(member),
                    type == 1
                            ? SnapshotAlarm.Type.NOSPACE
                            : type == 2 ? SnapshotAlarm.Type.CORRUPT : SnapshotAlarm.Type.OTHER));
        }
        return alarms;
    }

    SnapshotAuth auth() {
        boolean enabled = value(AUTH, "authEnabled")
                .map(value -> value.length == 1 && value[0] == 1)
                .orElse(false);
        long revision = value(AUTH, "authRevision")
                .filter(value -> value.length == Long.BYTES)
                .map(value -> ByteBuffer.wrap(value).getLong())
                .orElse(0L);
        // two bytes of a file are a permission, which takes a hundred in memory
        AtomicInteger left = new AtomicInteger(MOST_ENTRIES);
        return new SnapshotAuth(
                enabled,
                revision,
                entries(AUTH_USERS).stream().map(entry -> user(entry, left)).toList(),
                entries(AUTH_ROLES).stream().map(entry -> role(entry, left)).toList());
    }

    private static void spend(Entry entry, AtomicInteger left) {
        if (left.decrementAndGet() < 0) {
            throw entry.corrupt(
                    "users have more than " + MOST_ENTRIES + " roles and permissions", "at most " + MOST_ENTRIES);
        }
    }

    private static SnapshotAuth.User user(Entry entry, AtomicInteger left) {
        List<String> roles = new ArrayList<>();
        boolean password = false;
        ProtoReader fields = new ProtoReader(entry.value, 0, entry.value.length);
        while (fields.next()) {
            if (fields.isBytes(2)) {
                password = fields.length() > 0;
            } else if (fields.isBytes(3)) {
                spend(entry, left);
                roles.add(fields.text());
            }
        }
        entry.requireWhole(fields, "a user");
        return new SnapshotAuth.User(entry.keyText(), roles, password);
    }

    private static SnapshotAuth.Role role(Entry entry, AtomicInteger left) {
        List<SnapshotAuth.Permission> permissions = new ArrayList<>();
        ProtoReader fields = new ProtoReader(entry.value, 0, entry.value.length);
        while (fields.next()) {
            if (fields.isBytes(2)) {
                spend(entry, left);
                permissions.add(permission(entry, fields.message()));
            }
        }
        entry.requireWhole(fields, "a role");
        return new SnapshotAuth.Role(entry.keyText(), permissions);
    }

    private static SnapshotAuth.Permission permission(Entry entry, ProtoReader fields) {
        long access = 0;
        byte[] key = new byte[0];
        byte[] rangeEnd = new byte[0];
        while (fields.next()) {
            if (fields.isNumber(1)) {
                access = fields.number();
            } else if (fields.isBytes(2)) {
                key = fields.bytes();
            } else if (fields.isBytes(3)) {
                rangeEnd = fields.bytes();
            }
        }
        entry.requireWhole(fields, "a permission");
        SnapshotAuth.Access[] known = SnapshotAuth.Access.values();
        if (access < 0 || access >= known.length) {
            throw entry.corrupt("a permission has type " + access, "0, 1 or 2");
        }
        return new SnapshotAuth.Permission(known[(int) access], key, rangeEnd);
    }

    /** Leases one after the other: there may be many. */
    Optional<BucketCursor> leases() {
        return bucket(LEASE).map(bucket -> file.cursor(bucket, new PageSet()));
    }

    SnapshotLease lease(BucketCursor at) {
        byte[] key = at.key();
        byte[] value = at.valueArray();
        ProtoReader fields = new ProtoReader(value, at.valueOffset(), at.valueLength());
        long id = 0;
        long ttl = 0;
        long remaining = 0;
        while (fields.next()) {
            if (fields.isNumber(1)) {
                id = fields.number();
            } else if (fields.isNumber(2)) {
                ttl = fields.number();
            } else if (fields.isNumber(3)) {
                remaining = fields.number();
            }
        }
        Entry entry = new Entry(file.path().toString(), key, new byte[0], at.keyPosition(), at.page());
        entry.requireWhole(fields, "a lease");
        if (key.length != Long.BYTES || ByteBuffer.wrap(key).getLong() != id) {
            throw entry.corrupt("a lease has another id in its value", "the same");
        }
        // etcd writes whole seconds and negative ones never; a Duration holds all of them
        return new SnapshotLease(id, Duration.ofSeconds(ttl), Duration.ofSeconds(remaining));
    }

    private OptionalLong number(String name) {
        Optional<byte[]> value = value(META, name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (value.get().length != Long.BYTES) {
            throw corrupt(name + " has " + value.get().length + " bytes", "8");
        }
        return OptionalLong.of(ByteBuffer.wrap(value.get()).getLong());
    }

    private long revision(String name) {
        Optional<byte[]> value = value(META, name);
        if (value.isEmpty()) {
            return 0;
        }
        byte[] bytes = value.get();
        if (bytes.length != REVISION
                || bytes[8] != '_'
                || ByteBuffer.wrap(bytes).getLong() < 0) {
            throw corrupt(name + " is no revision", "17 bytes of one");
        }
        return ByteBuffer.wrap(bytes).getLong();
    }

    private String text(String bucket, String name) {
        return value(bucket, name)
                .map(value -> printable(new String(value, 0, Math.min(64, value.length), StandardCharsets.UTF_8)))
                .orElse("");
    }

    private Optional<byte[]> value(String bucket, String name) {
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        Optional<BucketCursor> cursor = bucket(bucket).map(found -> file.cursor(found, new PageSet()));
        while (cursor.isPresent() && cursor.get().next()) {
            BucketCursor at = cursor.get();
            if (Arrays.equals(
                    at.keyArray(), at.keyOffset(), at.keyOffset() + at.keyLength(), wanted, 0, wanted.length)) {
                return Optional.of(at.value());
            }
        }
        return Optional.empty();
    }

    private List<Entry> entries(String name) {
        return entries(name, MOST_BYTES);
    }

    private List<Entry> entries(String name, int mostBytes) {
        List<Entry> entries = new ArrayList<>();
        Optional<BucketCursor> cursor = bucket(name).map(found -> file.cursor(found, new PageSet()));
        long bytes = 0;
        while (cursor.isPresent() && cursor.get().next()) {
            BucketCursor at = cursor.get();
            bytes += (long) at.keyLength() + at.valueLength();
            if (entries.size() == MOST_ENTRIES || bytes > mostBytes) {
                throw new CorruptSnapshotException(
                        file.path().toString(),
                        at.keyPosition(),
                        at.page(),
                        "bucket " + name + " has more than " + entries.size() + " entries",
                        "at most " + MOST_ENTRIES + " and " + mostBytes + " bytes");
            }
            entries.add(new Entry(file.path().toString(), at.key(), at.value(), at.keyPosition(), at.page()));
        }
        return entries;
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(node -> texts.add(node.asText()));
        return texts;
    }

    private CorruptSnapshotException corrupt(String found, String expected) {
        return new CorruptSnapshotException(
                file.path().toString(), 0, CorruptSnapshotException.NO_PAGE, found, expected);
    }

    /** What is shown of a name that may be anything. */
    static String printable(String text) {
        String shown = text.length() > 64 ? text.substring(0, 64) + "..." : text;
        return shown.chars().allMatch(c -> c >= ' ' && c != 0x7f && c != 0xfffd) ? shown : "(not printable)";
    }

    /** One element of a small bucket. */
    private static final class Entry {
        private final String file;
        private final byte[] key;
        private final byte[] value;
        private final long offset;
        private final long page;

        Entry(String file, byte[] key, byte[] value, long offset, long page) {
            this.file = file;
            this.key = key;
            this.value = value;
            this.offset = offset;
            this.page = page;
        }

        String keyText() {
            return new String(key, StandardCharsets.UTF_8);
        }

        JsonNode json() {
            if (value.length > MOST_OF_MEMBER) {
                throw corrupt("a member has " + value.length + " bytes", "at most " + MOST_OF_MEMBER);
            }
            try {
                JsonNode node = JSON.readTree(value);
                if (node.isObject()) {
                    return node;
                }
            } catch (IOException e) {
                // text in no encoding of JSON is an IOException that is none of Jackson's own
                throw corrupt("a value is no JSON", "an object");
            }
            throw corrupt("a value is no JSON object", "one");
        }

        void requireWhole(ProtoReader fields, String what) {
            if (!fields.fault().isEmpty()) {
                throw corrupt(what + " cannot be decoded: " + fields.fault(), "etcd's message");
            }
        }

        CorruptSnapshotException corrupt(String found, String expected) {
            return new CorruptSnapshotException(file, offset, page, found, expected);
        }
    }
}
