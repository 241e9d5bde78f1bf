package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.EtcdCallException;
import io.k8saws.error.EtcdCallException.Failure;
import io.k8saws.error.EtcdCallException.Reason;
import io.k8saws.etcd.internal.seam.Entry;
import io.k8saws.etcd.internal.seam.EntryPage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyPagesTest {
    private static final int LARGEST = 64 << 10;

    private static EtcdCallException tooLarge() {
        return new EtcdCallException(
                new Failure("KV.Range", "http://a", Reason.TOO_LARGE, "RESOURCE_EXHAUSTED", 1, false, false),
                "the answer is too large",
                "ask for less",
                null);
    }

    private static EntryPage page(List<Entry> all, byte[] from, long limit, int most) {
        List<Entry> found = all.stream()
                .filter(entry -> java.util.Arrays.compareUnsigned(entry.key(), from) >= 0)
                .limit(limit)
                .toList();
        if (found.stream().mapToInt(entry -> entry.value().length).sum() > most) {
            throw tooLarge();
        }
        long last = found.isEmpty() ? 0 : all.indexOf(found.get(found.size() - 1));
        return new EntryPage(255, 1, found, last < all.size() - 1, found.size());
    }

    private static List<Entry> entries(int small, int large) {
        List<Entry> all = new ArrayList<>();
        for (int i = 0; i < small + large; i++) {
            byte[] key = ByteBuffer.allocate(4).putInt(i).array();
            all.add(new Entry(key, new byte[i < small ? 1 : LARGEST / 4], 1, 1, 1, 0));
        }
        return all;
    }

    /** After many small keys the page is long, and then values are large. */
    @Test
    void aPageThatIsTooLargeIsAskedForAgainByHalf() {
        List<Entry> all = entries(9000, 40);
        KeyPages pages = new KeyPages(
                (from, end, revision, limit) -> page(all, from, limit, LARGEST), new byte[1], new byte[1], 1);
        int count = 0;
        while (pages.hasNext()) {
            pages.next();
            count++;
        }
        assertThat(count).isEqualTo(9040);
    }

    @Test
    void oneValueThatIsTooLargeIsToldOf() {
        List<Entry> all = entries(0, 3);
        KeyPages pages =
                new KeyPages((from, end, revision, limit) -> page(all, from, limit, 10), new byte[1], new byte[1], 1);

        assertThatThrownBy(pages::hasNext).isInstanceOf(EtcdCallException.class);
    }
}
