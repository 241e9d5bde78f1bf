package io.k8saws.etcd.backup;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.backup.BackupManifest.Stored;
import io.k8saws.etcd.backup.BackupProof.Level;
import io.k8saws.etcd.envelope.DataKey;
import io.k8saws.etcd.envelope.MasterKey;
import io.k8saws.etcd.envelope.Packing;
import io.k8saws.etcd.internal.digest.Sha256;
import io.k8saws.etcd.internal.stage.Stages;
import io.k8saws.etcd.snapshot.Verification;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.ObjectUpload;
import io.k8saws.etcd.store.StoredObject;
import io.k8saws.progress.ProgressListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * One backup. The calling thread receives the snapshot into the spool and then proves it; beside it a second thread packs and uploads what is there already, and lets the object
 * appear only when it is proven. Then the object is read back, and then the manifest is written: without it there is no backup. Used once.
 */
final class BackupRun {
    private static final int BUFFER = 1 << 16;
    private static final long POLL_MILLIS = 200;
    private static final Duration LONGEST_ASKED = Duration.ofSeconds(30);

    private final BackupStore store;
    private final Optional<MasterKey> master;
    private final Observer observer;
    private final String cluster;
    private final BackupOptions options;
    private final List<String> setOf;
    private final LongSupplier nanoTime;
    private final long started;
    private final Duration limit;
    private final BiConsumer<String, SnapshotOrigin> requireKnown;
    private final AtomicLong packed = new AtomicLong();
    private final Stages stages;

    BackupRun(
            BackupStore store,
            Optional<MasterKey> master,
            Observer observer,
            String cluster,
            BackupOptions options,
            List<String> setOf,
            Duration limit,
            ProgressListener progress,
            BiConsumer<String, SnapshotOrigin> requireKnown,
            LongSupplier nanoTime) {
        this.store = store;
        this.master = master;
        this.observer = observer;
        this.cluster = cluster;
        this.options = options;
        this.setOf = setOf;
        this.limit = limit;
        this.requireKnown = requireKnown;
        this.nanoTime = nanoTime;
        this.started = nanoTime.getAsLong();
        this.stages = new Stages(progress, "backup", cluster + "/" + options.etcd(), 4);
    }

    /** What was uploaded. */
    private record Uploaded(StoredObject object, Stored stored) {}

    Backup run(SnapshotSource source) {
        boolean done = false;
        try {
            Backup backup = make(source);
            done = true;
            return backup;
        } finally {
            stages.finish(done ? 0 : 4 - stages.complete());
        }
    }

    private Backup make(SnapshotSource source) {
        AskedKubernetes asked = AskedKubernetes.ask(source::kubernetes, least(LONGEST_ASKED, left().dividedBy(4)))
                .with(
                        new KubernetesFacts(options.kubernetesVersion(), options.atRestKeys()),
                        cluster + "/" + options.etcd());
        KubernetesFacts kubernetes = asked.facts();
        Instant taken = observer.now();
        long skew = Duration.between(observer.now(), store.now()).toMillis();
        String id = Layout.newId(taken);
        ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
            Thread uploading = new Thread(task, "k8saws-backup-upload");
            uploading.setDaemon(true);
            return uploading;
        });
        try (Spool spool = Spool.in(options.spoolDirectory(), options.spoolLimit())) {
            Future<Uploaded> upload = thread.submit(() -> upload(spool, id));
            try {
                TrailerDigest digest = new TrailerDigest();
                SnapshotOrigin origin = source.stream(bytes -> receive(spool, digest, bytes, upload), left());
                requireKnown.accept(options.etcd(), origin);
                spool.finish();
                stages.end("receive", spool.received(), "bytes");
                TrailerDigest.Result received = digest.result();
                Contents contents = Contents.of(spool.path(), received.sha256(), kubernetes.atRestKeys(), this::left);
                stages.end("prove", contents.verification().counts().pages(), "pages");
                spool.approve();
                Uploaded uploaded = await(upload);
                stages.end("store", spool.received(), "bytes");
                List<BackupProof> proofs = new ArrayList<>(proofs(contents.verification()));
                proofs.add(readBack(uploaded, received, id));
                BackupManifest manifest = new BackupManifest(new BackupManifest.Parts(
                        cluster,
                        options.etcd(),
                        id,
                        options.set(),
                        setOf,
                        taken,
                        skew,
                        origin,
                        kubernetes.version(),
                        contents.content(),
                        uploaded.stored(),
                        "",
                        proofs,
                        asked.remarks(),
                        ""));
                return write(manifest);
            } finally {
                spool.spoil();
                end(upload, thread);
            }
        }
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Backup write(BackupManifest manifest) {
        String key = manifest.directory() + Layout.MANIFEST;
        byte[] text = manifest.sealed();
        StoredObject written = store.put(key, text);
        // What is read back is the backup, not what we meant to write.
        return new Backup(BackupManifest.open(key, store.read(written)), List.of());
    }

    private Duration left() {
        Duration left = limit.minus(Duration.ofNanos(nanoTime.getAsLong() - started));
        if (left.isNegative() || left.isZero()) {
            throw tooLate();
        }
        return left;
    }

    private WaitTimeoutException tooLate() {
        return new WaitTimeoutException(
                "the backup of " + cluster + "/" + options.etcd(),
                limit,
                packed.get() + " bytes of the snapshot were on their way to " + store,
                "give it more time, or look at the way to the store; nothing was left that looks like a backup",
                Map.of("store", store.toString()));
    }

    /** A failure of the upload ends receiving, too. */
    private void receive(Spool spool, TrailerDigest digest, ByteBuffer bytes, Future<Uploaded> upload) {
        if (upload.isDone()) {
            await(upload);
        }
        byte[] array = new byte[bytes.remaining()];
        bytes.duplicate().get(array);
        digest.update(array, 0, array.length);
        spool.accept(bytes);
        stages.advance("receive", spool.received(), 0, "bytes");
        stages.advance("store", packed.get(), 0, "bytes");
    }

    /** Runs on a thread of its own. */
    private Uploaded upload(Spool spool, String id) throws IOException {
        String directory = Layout.directory(cluster, options.etcd(), id);
        String name = "snapshot.db" + options.compression().suffix() + (master.isPresent() ? ".enc" : "");
        MessageDigest digest = Sha256.digest();
        long expected = spool.expectedBytes();
        try (ObjectUpload upload = store.upload(directory + name, expected)) {
            Sink sink = new Sink(upload, digest);
            String keyId;
            try (DataKeys keys = new DataKeys(master, Layout.context(cluster, options.etcd(), id))) {
                keyId = keys.id();
                pack(spool, sink, keys.key());
            }
            spool.awaitApproval();
            StoredObject object = upload.complete();
            return new Uploaded(
                    object,
                    new Stored(
                            name,
                            sink.bytes,
                            HexFormat.of().formatHex(digest.digest()),
                            upload.checksum(),
                            options.compression(),
                            keyId));
        }
    }

    /** The end of the packing is stored only when all was packed: what is cut must look cut. */
    private void pack(Spool spool, Sink sink, Optional<DataKey> key) throws IOException {
        try (OutputStream packing = Packing.pack(sink, options.compression(), key);
                InputStream in = spool.read()) {
            try {
                byte[] buffer = new byte[BUFFER];
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    packing.write(buffer, 0, count);
                    packed.addAndGet(count);
                }
            } catch (IOException | RuntimeException | Error e) {
                sink.drop(); // closed all the same: a compressor has memory that is not Java's
                throw e;
            }
        }
    }

    /** The data key of one backup, if there is one. */
    private static final class DataKeys implements AutoCloseable {
        private final Optional<DataKey> key;

        DataKeys(Optional<MasterKey> master, Map<String, String> context) {
            this.key = master.map(one -> one.newDataKey(context));
        }

        Optional<DataKey> key() {
            return key;
        }

        String id() {
            return key.map(DataKey::keyId).orElse("");
        }

        @Override
        public void close() {
            key.ifPresent(DataKey::close);
        }
    }

    /** Gives packed bytes to the upload, and digests them. */
    private static final class Sink extends OutputStream {
        private final ObjectUpload upload;
        private final MessageDigest digest;
        private long bytes;
        private boolean dropping;

        Sink(ObjectUpload upload, MessageDigest digest) {
            this.upload = upload;
            this.digest = digest;
        }

        /** Takes nothing any more. */
        void drop() {
            dropping = true;
        }

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] array, int offset, int length) {
            if (dropping) {
                return;
            }
            digest.update(array, offset, length);
            upload.write(ByteBuffer.wrap(array, offset, length));
            bytes += length;
        }
    }

    private Uploaded await(Future<Uploaded> upload) {
        while (true) {
            try {
                return upload.get(Math.min(POLL_MILLIS, left().toMillis() + 1), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                stages.advance("store", packed.get(), 0, "bytes");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new OperationCancelledException("Back up " + cluster + "/" + options.etcd());
            } catch (ExecutionException e) {
                throw failure(e.getCause());
            }
        }
    }

    private RuntimeException failure(@org.jspecify.annotations.Nullable Throwable cause) {
        if (cause instanceof RuntimeException unchecked) {
            return unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new K8sAwsException(
                "Back up " + cluster + "/" + options.etcd(),
                "the system says: " + cause,
                "check the spool directory " + options.spoolDirectory(),
                Map.of("store", store.toString()),
                cause);
    }

    /** The spool is deleted only when nobody reads it any more. */
    private static void end(Future<?> upload, ExecutorService thread) {
        if (!upload.isDone()) {
            thread.shutdownNow();
        }
        thread.shutdown();
        boolean interrupted = Thread.interrupted();
        try {
            thread.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private List<BackupProof> proofs(Verification verification) {
        return verification.findings().stream()
                .map(finding -> observer.proof(Level.valueOf(finding.level().name()), true, finding.text()))
                .toList();
    }

    private BackupProof readBack(Uploaded uploaded, TrailerDigest.Result received, String id) {
        Retrieval retrieval = new Retrieval(
                store, uploaded.object(), uploaded.stored(), master, Layout.context(cluster, options.etcd(), id));
        TrailerDigest.Result back = retrieval.into(received.bytes(), OutputStream.nullOutputStream(), fetched -> {
            left();
            stages.advance("read back", fetched, uploaded.stored().bytes(), "bytes");
        });
        if (!back.equals(received)) {
            throw new CorruptSnapshotException(
                    store + "/" + uploaded.object().key(),
                    0,
                    CorruptSnapshotException.NO_PAGE,
                    "what was read back has " + back.bytes() + " bytes with SHA-256 " + back.sha256(),
                    received.bytes() + " bytes with " + received.sha256());
        }
        stages.end("read back", uploaded.stored().bytes(), "bytes");
        boolean compared = Retrieval.requireChecksum(
                store, uploaded.object(), uploaded.stored().checksum());
        return observer.proof(
                Level.L4,
                true,
                "all " + uploaded.stored().bytes() + " bytes were read back from " + store
                        + (compared ? ", whose own checksum is the same" : ", which has no checksum of its own"));
    }
}
