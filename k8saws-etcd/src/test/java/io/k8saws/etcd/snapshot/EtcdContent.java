package io.k8saws.etcd.snapshot;

import io.k8saws.etcd.internal.bolt.BoltImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Plays a small etcd that writes its history into the buckets of a file. For tests. */
public final class EtcdContent {
    private final BoltImage.Content content = new BoltImage.Content();
    private final Map<String, long[]> live = new HashMap<>();
    private long revision = 1;

    /** A cluster that nobody has written to, as etcd 3.6 begins. */
    public EtcdContent() {
        for (String bucket : new String[] {
            "alarm", "auth", "authRoles", "authUsers", "cluster", "key", "lease", "members", "members_removed", "meta"
        }) {
            content.bucket(bucket);
        }
        content.put("auth", "authRevision", number(1));
        content.put("cluster", "clusterVersion", "3.6.0");
        content.put(
                "members",
                "8e9e05c52164694d",
                "{\"id\":10276657743932975437,\"peerURLs\":[\"http://localhost:2380\"],\"name\":\"default\",\"clientURLs\":[\"http://localhost:2379\"]}");
        content.put("meta", "confState", "{\"voters\":[10276657743932975437],\"auto_leave\":false}");
        content.put("meta", "storageVersion", "3.6.0");
        meta(4, 2);
    }

    /** What raft has come to. */
    public EtcdContent meta(long index, long term) {
        content.put("meta", "consistent_index", number(index));
        content.put("meta", "term", number(term));
        return this;
    }

    /** The buckets. */
    public BoltImage.Content content() {
        return content;
    }

    /** The last revision. */
    public long revision() {
        return revision;
    }

    /** Writes a key. */
    public EtcdContent put(String key, byte[] value, long lease) {
        return put(++revision, 0, key, value, lease);
    }

    /** Writes a key with text. */
    public EtcdContent put(String key, String value) {
        return put(key, value.getBytes(StandardCharsets.UTF_8), 0);
    }

    private EtcdContent put(long main, long sub, String key, byte[] value, long lease) {
        long[] state = live.computeIfAbsent(key, unused -> new long[] {main, 0});
        state[1]++;
        content.put(
                "key",
                revisionKey(main, sub, false),
                keyValue(key.getBytes(StandardCharsets.UTF_8), state[0], main, state[1], value, lease));
        return this;
    }

    /** Deletes a key that is there. */
    public EtcdContent delete(String key) {
        if (live.remove(key) == null) {
            throw new AssertionError(key + " is not there");
        }
        content.put(
                "key",
                revisionKey(++revision, 0, true),
                keyValue(key.getBytes(StandardCharsets.UTF_8), 0, 0, 0, new byte[0], 0));
        return this;
    }

    /** Writes several keys in one transaction. */
    public EtcdContent transaction(String value, String... keys) {
        revision++;
        for (int i = 0; i < keys.length; i++) {
            put(revision, i, keys[i], value.getBytes(StandardCharsets.UTF_8), 0);
        }
        return this;
    }

    /** Grants a lease. */
    public EtcdContent lease(long id, long seconds) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        number(message, 1, id);
        number(message, 2, seconds);
        content.put("lease", number(id), message.toByteArray());
        return this;
    }

    /** Any history, always the same for a seed. */
    public static EtcdContent random(long seed, int changes) {
        SplittableRandom random = new SplittableRandom(seed);
        EtcdContent etcd = new EtcdContent().lease(77, 60).lease(0x694d7c2e1f0a1b03L, 3600);
        for (int i = 0; i < changes; i++) {
            String key = "/registry/pods/default/pod-" + random.nextInt(Math.max(1, changes / 3));
            if (random.nextInt(5) == 0 && etcd.live.containsKey(key)) {
                etcd.delete(key);
            } else {
                byte[] value = new byte[random.nextInt(20) == 0 ? 3000 + random.nextInt(9000) : random.nextInt(200)];
                for (int j = 0; j < value.length; j++) {
                    value[j] = (byte) random.nextInt();
                }
                etcd.put(key, value, random.nextInt(4) == 0 ? 77 : 0);
            }
        }
        return etcd.meta(4 + changes, 2);
    }

    /** The file that snapshot save makes of it. */
    public byte[] snapshot(int pageSize) {
        return BoltImage.withTrailer(BoltImage.pages(content, pageSize));
    }

    /** Writes that file. */
    public Path save(Path file) {
        return save(file, snapshot(4096));
    }

    /** Writes bytes to a file. */
    public static Path save(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** 17 bytes, 18 for a deletion. */
    public static byte[] revisionKey(long main, long sub, boolean tombstone) {
        ByteBuffer key = ByteBuffer.allocate(tombstone ? 18 : 17);
        key.putLong(main).put((byte) '_').putLong(sub);
        if (tombstone) {
            key.put((byte) 't');
        }
        return key.array();
    }

    /** The message KeyValue. */
    public static byte[] keyValue(byte[] key, long create, long mod, long version, byte[] value, long lease) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        bytes(message, 1, key);
        number(message, 2, create);
        number(message, 3, mod);
        number(message, 4, version);
        bytes(message, 5, value);
        number(message, 6, lease);
        return message.toByteArray();
    }

    /** Eight bytes. */
    public static byte[] number(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    private static void number(ByteArrayOutputStream message, int field, long number) {
        if (number != 0) {
            message.write(field << 3);
            varint(message, number);
        }
    }

    private static void bytes(ByteArrayOutputStream message, int field, byte[] bytes) {
        if (bytes.length > 0) {
            message.write(field << 3 | 2);
            varint(message, bytes.length);
            message.writeBytes(bytes);
        }
    }

    private static void varint(ByteArrayOutputStream message, long number) {
        long rest = number;
        while ((rest & ~0x7fL) != 0) {
            message.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        message.write((int) rest);
    }
}
