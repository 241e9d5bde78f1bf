package io.k8saws.etcd.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.etcd.envelope.Compression;
import io.k8saws.etcd.snapshot.HashKv;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a backup. It lies beside the object as JSON and is written last, after all was read back. Members of the JSON that are not known here survive. Made by backups and read
 * from stores alone.
 */
public final class BackupManifest {
    /** The newest form of manifests that is known here. */
    public static final int FORMAT = 1;

    private static final long SKEW_OF_NOTE = 2_000;

    private static final Set<String> KNOWN = Set.of(
            "format",
            "cluster",
            "etcd",
            "id",
            "set",
            "setOf",
            "taken",
            "clockSkewMillis",
            "origin",
            "kubernetesVersion",
            "content",
            "stored",
            "base",
            "proofs",
            "remarks");

    /**
     * What is in the snapshot.
     *
     * @param revision the true revision
     * @param compactRevision how far history was compacted
     * @param hash what {@code etcdutl snapshot status} prints
     * @param hashKv the hash of keys and history, which a restore keeps
     * @param keys live keys
     * @param bytes the length, with the SHA-256 at the end
     * @param sha256 of all these bytes
     * @param lastChange the {@linkplain io.k8saws.etcd.delta.Transaction#fingerprint(List) fingerprint} of its last revision, which tells it from another history with the same number
     * @param atRestKeys keys of encryption at rest that it needs
     */
    public record Content(
            long revision,
            long compactRevision,
            long hash,
            HashKv hashKv,
            long keys,
            long bytes,
            String sha256,
            String lastChange,
            List<AtRestKey> atRestKeys) {
        /** Makes a copy of the list. */
        public Content {
            atRestKeys = List.copyOf(atRestKeys);
        }
    }

    /**
     * How it is stored.
     *
     * @param object the object's name beside the manifest
     * @param bytes its length
     * @param sha256 of all its bytes
     * @param checksum what the store that it was made in calls its checksum; a copy elsewhere has another one
     * @param compression how it was compressed
     * @param keyId the master key that its data key is encrypted with; empty if it is not encrypted
     */
    public record Stored(
            String object, long bytes, String sha256, String checksum, Compression compression, String keyId) {
        /**
         * Whether it is encrypted by us; S3's own encryption is another matter.
         *
         * @return true if a master key is needed
         */
        public boolean encrypted() {
            return !keyId.isEmpty();
        }
    }

    /** All that it says. */
    record Parts(
            String cluster,
            String etcd,
            String id,
            String set,
            List<String> setOf,
            Instant taken,
            long clockSkewMillis,
            SnapshotOrigin origin,
            String kubernetesVersion,
            Content content,
            Stored stored,
            String base,
            List<BackupProof> proofs,
            List<String> remarks,
            String json) {
        Parts {
            setOf = List.copyOf(setOf);
            proofs = List.copyOf(proofs);
            remarks = List.copyOf(remarks);
        }

        /** The document to store. */
        byte[] sealed() {
            ObjectNode root = SealedJson.newObject();
            root.put("format", FORMAT);
            root.put("cluster", cluster).put("etcd", etcd).put("id", id).put("set", set);
            ArrayNode parts = root.putArray("setOf");
            setOf.forEach(parts::add);
            root.put("taken", taken.toString()).put("clockSkewMillis", clockSkewMillis);
            root.putObject("origin")
                    .put("clusterId", origin.clusterId())
                    .put("memberId", origin.memberId())
                    .put("member", origin.member())
                    .put("endpoint", origin.endpoint())
                    .put("etcdVersion", origin.etcdVersion())
                    .put("pagesSha256", origin.sha256());
            root.put("kubernetesVersion", kubernetesVersion);
            ObjectNode inside = root.putObject("content");
            inside.put("revision", content.revision())
                    .put("compactRevision", content.compactRevision())
                    .put("hash", content.hash());
            inside.putObject("hashKv")
                    .put("hash", content.hashKv().hash())
                    .put("revision", content.hashKv().revision())
                    .put("compactRevision", content.hashKv().compactRevision());
            inside.put("keys", content.keys())
                    .put("bytes", content.bytes())
                    .put("sha256", content.sha256())
                    .put("lastChange", content.lastChange());
            ArrayNode keys = inside.putArray("atRestKeys");
            content.atRestKeys().forEach(key -> keys.addObject()
                    .put("provider", key.provider())
                    .put("name", key.name())
                    .put("fingerprint", key.fingerprint())
                    .put("values", key.values()));
            root.putObject("stored")
                    .put("object", stored.object())
                    .put("bytes", stored.bytes())
                    .put("sha256", stored.sha256())
                    .put("checksum", stored.checksum())
                    .put("compression", stored.compression().name())
                    .put("keyId", stored.keyId());
            root.put("base", base);
            ArrayNode list = root.putArray("proofs");
            proofs.forEach(proof -> list.add(BackupManifest.json(proof)));
            if (!remarks.isEmpty()) {
                ArrayNode said = root.putArray("remarks");
                remarks.forEach(said::add);
            }
            unknown().properties().forEach(field -> root.set(field.getKey(), field.getValue()));
            return SealedJson.seal(root);
        }

        private ObjectNode unknown() {
            ObjectNode rest = json.isEmpty()
                    ? SealedJson.newObject()
                    : SealedJson.open("manifest " + id, json.getBytes(StandardCharsets.UTF_8));
            rest.remove(KNOWN);
            return rest;
        }
    }

    private final Parts parts;

    BackupManifest(Parts parts) {
        this.parts = parts;
    }

    /**
     * The cluster.
     *
     * @return the cluster's name in the store
     */
    public String cluster() {
        return parts.cluster();
    }

    /**
     * The etcd.
     *
     * @return which etcd of the cluster
     */
    public String etcd() {
        return parts.etcd();
    }

    /**
     * The id.
     *
     * @return the backup's id; begins with its time, by the clock of who took it
     */
    public String id() {
        return parts.id();
    }

    /**
     * The set.
     *
     * @return the set that it belongs to; empty for none
     */
    public String set() {
        return parts.set();
    }

    /**
     * The etcds of its set.
     *
     * @return the etcds of that set; empty for none
     */
    public List<String> setOf() {
        return parts.setOf();
    }

    /**
     * When it was taken.
     *
     * @return when it was begun, by the clock of who took it
     */
    public Instant taken() {
        return parts.taken();
    }

    /**
     * How far clocks differed.
     *
     * @return how far the store's clock was ahead of that one
     */
    public long clockSkewMillis() {
        return parts.clockSkewMillis();
    }

    /**
     * The origin.
     *
     * @return where the snapshot came from
     */
    public SnapshotOrigin origin() {
        return parts.origin();
    }

    /**
     * The version of Kubernetes.
     *
     * @return the version of Kubernetes; empty if it is not known
     */
    public String kubernetesVersion() {
        return parts.kubernetesVersion();
    }

    /**
     * What was to be remarked when it was made, and was no reason to have no backup.
     *
     * @return sentences, such as why the version of Kubernetes is not known; mostly none
     */
    public List<String> remarks() {
        return parts.remarks();
    }

    /**
     * The content.
     *
     * @return what is in it
     */
    public Content content() {
        return parts.content();
    }

    /**
     * How it lies in the store.
     *
     * @return how it is stored
     */
    public Stored stored() {
        return parts.stored();
    }

    /**
     * Its base.
     *
     * @return the backup that this one needs; empty for a whole snapshot
     */
    public String base() {
        return parts.base();
    }

    /**
     * The proofs of its making.
     *
     * @return what was proven when it was made
     */
    public List<BackupProof> proofs() {
        return parts.proofs();
    }

    /**
     * The document.
     *
     * @return the whole document, with what is not known here
     */
    public String json() {
        return parts.json();
    }

    /**
     * When it was begun, by the store's clock, which is the same for all backups: by this they are ordered and grow old. S3 tells whole seconds, so that a small difference says nothing.
     *
     * @return the moment
     */
    public Instant takenByStore() {
        return byStore(taken());
    }

    /** A moment by the clock that {@link #taken} is by, as the store's clock has it. */
    Instant byStore(Instant moment) {
        return Math.abs(clockSkewMillis()) < SKEW_OF_NOTE ? moment : moment.plusMillis(clockSkewMillis());
    }

    /** The document to store. */
    byte[] sealed() {
        return parts.sealed();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BackupManifest manifest && manifest.parts.equals(parts);
    }

    @Override
    public int hashCode() {
        return parts.hashCode();
    }

    /** What it says, for people: a line each on what is in it, how it is stored, where it came from and what it needs, then the proofs and remarks. Hashes are as {@code etcdutl} and {@code sha256sum} print them. */
    @Override
    public String toString() {
        return new ManifestText(this).toString();
    }

    static ObjectNode json(BackupProof proof) {
        return SealedJson.newObject()
                .put("level", proof.level().name())
                .put("holds", proof.holds())
                .put("text", proof.text())
                .put("by", proof.by())
                .put("at", proof.at().toString())
                .put("tool", proof.tool());
    }

    static BackupProof proof(JsonNode json) {
        return new BackupProof(
                BackupProof.Level.valueOf(json.path("level").asText()),
                json.path("holds").asBoolean(),
                json.path("text").asText(),
                json.path("by").asText(),
                Instant.parse(json.path("at").asText()),
                json.path("tool").asText());
    }

    /**
     * Reads a stored document.
     *
     * @throws CorruptSnapshotException if it is damaged, or of a newer form
     */
    static BackupManifest open(String name, byte[] text) {
        ObjectNode root = SealedJson.open(name, text);
        int format = root.path("format").asInt();
        if (format != FORMAT) {
            throw SealedJson.damaged(name, "it has format " + format + ", known here is " + FORMAT);
        }
        try {
            return read(root, new String(text, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw SealedJson.damaged(name, "a field of it has no value that is known here: " + e.getMessage());
        }
    }

    private static BackupManifest read(ObjectNode root, String json) {
        JsonNode from = root.path("origin");
        JsonNode inside = root.path("content");
        JsonNode hashKv = inside.path("hashKv");
        JsonNode stored = root.path("stored");
        List<String> setOf = new ArrayList<>();
        root.path("setOf").forEach(part -> setOf.add(part.asText()));
        List<AtRestKey> keys = new ArrayList<>();
        inside.path("atRestKeys")
                .forEach(key -> keys.add(new AtRestKey(
                        key.path("provider").asText(),
                        key.path("name").asText(),
                        key.path("fingerprint").asText(),
                        key.path("values").asLong())));
        List<BackupProof> proofs = new ArrayList<>();
        root.path("proofs").forEach(proof -> proofs.add(proof(proof)));
        List<String> remarks = new ArrayList<>();
        root.path("remarks").forEach(remark -> remarks.add(remark.asText()));
        return new BackupManifest(new Parts(
                root.path("cluster").asText(),
                root.path("etcd").asText(),
                root.path("id").asText(),
                root.path("set").asText(),
                setOf,
                Instant.parse(root.path("taken").asText()),
                root.path("clockSkewMillis").asLong(),
                new SnapshotOrigin(
                        from.path("clusterId").asText(),
                        from.path("memberId").asText(),
                        from.path("member").asText(),
                        from.path("endpoint").asText(),
                        from.path("etcdVersion").asText(),
                        inside.path("bytes").asLong(),
                        from.path("pagesSha256").asText()),
                root.path("kubernetesVersion").asText(),
                new Content(
                        inside.path("revision").asLong(),
                        inside.path("compactRevision").asLong(),
                        inside.path("hash").asLong(),
                        new HashKv(
                                hashKv.path("hash").asLong(),
                                hashKv.path("revision").asLong(),
                                hashKv.path("compactRevision").asLong()),
                        inside.path("keys").asLong(),
                        inside.path("bytes").asLong(),
                        inside.path("sha256").asText(),
                        inside.path("lastChange").asText(),
                        keys),
                new Stored(
                        stored.path("object").asText(),
                        stored.path("bytes").asLong(),
                        stored.path("sha256").asText(),
                        stored.path("checksum").asText(),
                        Compression.valueOf(stored.path("compression").asText()),
                        stored.path("keyId").asText()),
                root.path("base").asText(),
                proofs,
                remarks,
                json));
    }

    String directory() {
        return Layout.directory(cluster(), etcd(), id());
    }
}
