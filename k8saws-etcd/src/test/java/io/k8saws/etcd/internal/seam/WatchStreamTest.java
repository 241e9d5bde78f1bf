package io.k8saws.etcd.internal.seam;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A watch of a member that is a script. */
class WatchStreamTest {
    private final List<WatchRequest> asked = new ArrayList<>();
    private final Deque<WatchResponse> answers = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();
    private int wanted;
    private int sent;
    private int mostWaiting;

    /** Gives answers as far as they are wanted. */
    private final class Member extends Channel {
        @Override
        @SuppressWarnings("unchecked")
        public <A, B> ClientCall<A, B> newCall(MethodDescriptor<A, B> method, CallOptions options) {
            return (ClientCall<A, B>) new Call();
        }

        @Override
        public String authority() {
            return "member";
        }
    }

    private final class Call extends ClientCall<WatchRequest, WatchResponse> {
        private @Nullable Listener<WatchResponse> listener;

        @Override
        public void start(Listener<WatchResponse> whom, Metadata headers) {
            listener = whom;
        }

        @Override
        public void request(int count) {
            wanted += count;
            send();
        }

        private void send() {
            while (!asked.isEmpty() && listener != null && wanted > 0 && !answers.isEmpty()) {
                wanted--;
                sent++;
                listener.onMessage(answers.remove());
            }
        }

        @Override
        public void sendMessage(WatchRequest message) {
            asked.add(message);
            send();
        }

        @Override
        public void halfClose() {}

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {}
    }

    private static Event put(long revision, String key) {
        return Event.newBuilder()
                .setKv(KeyValue.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setModRevision(revision)
                        .setCreateRevision(revision)
                        .setVersion(1))
                .build();
    }

    private void answer(boolean fragment, Event... events) {
        answers.add(WatchResponse.newBuilder()
                .setHeader(ResponseHeader.newBuilder().setClusterId(1))
                .setUnknownFields(
                        fragment
                                ? UnknownFieldSet.newBuilder()
                                        .addField(WatchStream.FRAGMENT_OF_RESPONSE, WatchStream.flag())
                                        .build()
                                : UnknownFieldSet.getDefaultInstance())
                .addAllEvents(List.of(events))
                .build());
    }

    private void watch(int enough) {
        int[] taken = {0};
        new WatchStream(Duration.ofSeconds(10), () -> {}, System::nanoTime)
                .run(
                        new Member(),
                        new Metadata(),
                        new byte[] {0},
                        new byte[] {0},
                        5,
                        Duration.ofSeconds(10),
                        (clusterId, revision, changes) -> {
                            mostWaiting = Math.max(mostWaiting, sent - taken[0]);
                            taken[0]++;
                            told.add(revision + ":" + changes.size());
                            return told.size() < enough;
                        });
    }

    @Test
    void aTransactionInSeveralPartsIsOneAgain() {
        answer(true, put(5, "a"), put(6, "a"), put(6, "b"));
        answer(true, put(6, "c"));
        answer(false, put(6, "d"), put(7, "a"));
        answer(false, put(8, "a"));

        watch(4);

        assertThat(told).containsExactly("5:1", "6:4", "7:1", "8:1");
        assertThat(asked).singleElement().satisfies(request -> {
            assertThat(request.getCreateRequest().getUnknownFields().getField(8).getVarintList())
                    .as("large answers come in parts")
                    .containsExactly(1L);
            assertThat(request.getCreateRequest().getStartRevision()).isEqualTo(5);
        });
    }

    @Test
    void aTransactionThatEndsWithItsAnswerIsNotHeldBack() {
        answer(true, put(5, "a"));
        answer(false, put(5, "b"));

        watch(1);

        assertThat(told).containsExactly("5:2");
    }

    @Test
    void fewAnswersWaitForTheSink() {
        for (int revision = 5; revision < 105; revision++) {
            answer(false, put(revision, "a"));
        }

        watch(100);

        assertThat(told).hasSize(100);
        assertThat(mostWaiting).isEqualTo(WatchStream.WINDOW).isLessThan(3);
    }
}
