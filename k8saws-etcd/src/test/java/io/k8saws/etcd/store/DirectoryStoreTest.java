package io.k8saws.etcd.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.OperationCancelledException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryStoreTest {
    @TempDir
    Path directory;

    private BackupStore store;

    @BeforeEach
    void open() {
        store = BackupStore.directory(directory.resolve("store"));
    }

    @Test
    void whatIsNoKeyIsNoObject() throws Exception {
        store.put("a/b", new byte[1]);
        Files.writeString(
                Files.createDirectories(directory.resolve("store/lost+found")).resolve("12"), "a piece");

        assertThat(store.list("")).extracting(StoredObject::key).containsExactly("a/b");
    }

    @Test
    void anInterruptIsCalledSo() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> store.put("a/b", new byte[1])).isInstanceOf(OperationCancelledException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(store.list("")).isEmpty();
    }

    /** The last file of a directory takes the directory with it, while the next one gets its name there. */
    @Test
    void puttingAndDeletingSideBySideFailsNever() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            for (int round = 0; round < 300; round++) {
                StoredObject last = store.put("a/b/old-" + round, new byte[1]);
                Future<?> deleted = other.submit(() -> store.delete(last));
                StoredObject next = store.put("a/b/new-" + round, new byte[1]);
                deleted.get();
                assertThat(store.list("")).containsExactly(next);
                store.delete(next);
            }
        } finally {
            other.shutdownNow();
        }
    }
}
