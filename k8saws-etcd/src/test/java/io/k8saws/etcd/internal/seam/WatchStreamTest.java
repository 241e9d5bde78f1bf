package io.k8saws.etcd.internal.seam;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.WatchResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a watch asks for, and what it makes of answers. */
class WatchStreamTest {
    private final WatchStream watch = new WatchStream(Duration.ofSeconds(10), () -> {}, System::nanoTime);
    private final List<String> told = new ArrayList<>();
    private int enough = Integer.MAX_VALUE;

    private static Event put(long revision, String key) {
        return Event.newBuilder()
                .setKv(KeyValue.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setModRevision(revision)
                        .setCreateRevision(revision)
                        .setVersion(1))
                .build();
    }

    private boolean take(boolean moreFollows, Event... events) {
        WatchResponse.Builder answer = WatchResponse.newBuilder()
                .setHeader(ResponseHeader.newBuilder().setClusterId(1))
                .addAllEvents(List.of(events));
        if (moreFollows) {
            answer.setUnknownFields(UnknownFieldSet.newBuilder()
                    .addField(7, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                    .build());
        }
        return watch.take(answer.build(), (clusterId, revision, changes) -> {
            told.add(revision + ":" + changes.size());
            return told.size() < enough;
        });
    }

    @Test
    void largeAnswersAreAskedForInParts() {
        assertThat(WatchStream.request(new byte[] {0}, new byte[] {0}, 5)
                        .getCreateRequest()
                        .getUnknownFields()
                        .getField(8)
                        .getVarintList())
                .containsExactly(1L);
    }

    @Test
    void aTransactionInSeveralPartsIsOneAgain() {
        assertThat(take(true, put(5, "a"), put(6, "a"), put(6, "b"))).isTrue();
        assertThat(told).as("the rest of revision 6 is on its way").containsExactly("5:1");
        assertThat(take(true, put(6, "c"))).isTrue();
        assertThat(take(false, put(6, "d"), put(7, "a"))).isTrue();

        assertThat(told).containsExactly("5:1", "6:4", "7:1");
    }

    @Test
    void aSinkThatHasEnoughEndsItWithinAnAnswer() {
        enough = 2;

        assertThat(take(false, put(5, "a"), put(6, "a"), put(7, "a"))).isFalse();

        assertThat(told).containsExactly("5:1", "6:1");
    }
}
