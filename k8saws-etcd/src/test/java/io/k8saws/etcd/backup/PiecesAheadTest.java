package io.k8saws.etcd.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.StoredObject;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PiecesAheadTest {
    private static final int PIECES = 6;

    @TempDir
    Path directory;

    private final byte[] content = new byte[(PIECES - 1) * StoredStream.PIECE + 5];
    private BackupStore store;
    private StoredObject object;

    @BeforeEach
    void putSixPieces() {
        new Random(6).nextBytes(content);
        store = BackupStore.directory(directory);
        object = store.put("six", content);
    }

    @Test
    void piecesComeInTheirOrder() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (PiecesAhead ahead = new PiecesAhead(store, object)) {
            for (int i = 0; i < PIECES; i++) {
                all.writeBytes(ahead.next());
            }
        }
        assertThat(all.toByteArray()).isEqualTo(content);
    }

    /** Memory holds no more than that. */
    @Test
    void noMoreIsReadAheadThanIsSaid() {
        AtomicInteger reads = new AtomicInteger();
        BackupStore counting = new ForwardingStore(store) {
            @Override
            public byte[] read(StoredObject one, long offset, int length) {
                reads.incrementAndGet();
                return super.read(one, offset, length);
            }
        };
        try (PiecesAhead ahead = new PiecesAhead(counting, object)) {
            for (int given = 0; given < PIECES; given++) {
                ahead.next();
                assertThat(reads.get()).isBetween(given + 1, Math.min(PIECES, given + PiecesAhead.AHEAD));
            }
        }
    }

    @Test
    void aPieceThatFailsFailsInItsTurn() {
        BackupStore broken = new ForwardingStore(store) {
            @Override
            public byte[] read(StoredObject one, long offset, int length) {
                if (offset == StoredStream.PIECE) {
                    throw new K8sAwsException("Read " + one.key(), "the second piece is lost", "try again");
                }
                return super.read(one, offset, length);
            }
        };
        try (PiecesAhead ahead = new PiecesAhead(broken, object)) {
            assertThat(ahead.next()).hasSize(StoredStream.PIECE);
            assertThatThrownBy(ahead::next)
                    .isInstanceOf(K8sAwsException.class)
                    .hasMessageContaining("the second piece is lost");
        }
    }

    @Test
    void anInterruptEndsIt_andStaysSet() {
        CountDownLatch never = new CountDownLatch(1);
        BackupStore silent = new ForwardingStore(store) {
            @Override
            public byte[] read(StoredObject one, long offset, int length) {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return super.read(one, offset, length);
            }
        };
        try (PiecesAhead ahead = new PiecesAhead(silent, object)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(ahead::next).isInstanceOf(OperationCancelledException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
