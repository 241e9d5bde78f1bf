package io.k8saws.etcd.rescue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.stub.StreamObserver;
import io.k8saws.etcd.Etcd;
import io.k8saws.etcd.internal.seam.PlayedEtcd;
import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.plan.Action;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What API servers keep for themselves stays as it lives: an old account of addresses over the live one would give addresses out twice. */
class ApiServersOwnTest {
    private static final String RANGES =
            "API servers keep there which IPs and node ports are taken; an older state would let them be given out twice";
    private static final String ADDRESSES = "API servers keep their own addresses there, each while it lives";
    private static final Map<String, String> SNAPSHOT = Map.of(
            "/registry/configmaps/shop/gone", "a",
            "/registry/masterleases/10.0.0.1", "old",
            "/registry/namespaces/shop", "n",
            "/registry/peerserverleases/apiserver-1", "old",
            "/registry/ranges/servicenodeports", "old",
            "/registry/ranges/serviceips", "old");

    private final Map<String, String> live = new ConcurrentSkipListMap<>(Map.of(
            "/registry/masterleases/10.0.0.2", "live",
            "/registry/namespaces/shop", "n",
            "/registry/ranges/serviceips", "live"));
    private final PlayedEtcd played = new PlayedEtcd(new LiveKeys());

    @TempDir
    Path directory;

    private SnapshotFile snapshot;
    private Etcd etcd;

    /** Reads and writes what lives, each key as of revision 9. */
    private final class LiveKeys extends KVGrpc.KVImplBase {
        private static final long REVISION = 9;

        @Override
        public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
            RangeResponse.Builder response = RangeResponse.newBuilder().setHeader(header());
            if (!request.getRangeEnd().isEmpty()) {
                live.forEach((key, value) -> response.addKvs(KeyValue.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFromUtf8(value))
                        .setModRevision(REVISION)));
            }
            observer.onNext(response.build());
            observer.onCompleted();
        }

        @Override
        public void txn(TxnRequest request, StreamObserver<TxnResponse> observer) {
            for (RequestOp op : request.getSuccessList()) {
                if (op.hasRequestPut()) {
                    live.put(
                            op.getRequestPut().getKey().toStringUtf8(),
                            op.getRequestPut().getValue().toStringUtf8());
                } else {
                    live.remove(op.getRequestDeleteRange().getKey().toStringUtf8());
                }
            }
            observer.onNext(TxnResponse.newBuilder()
                    .setHeader(header())
                    .setSucceeded(true)
                    .build());
            observer.onCompleted();
        }

        private ResponseHeader header() {
            return ResponseHeader.newBuilder()
                    .setClusterId(0x2a)
                    .setRevision(REVISION)
                    .build();
        }
    }

    @BeforeEach
    void open() {
        etcd = Etcd.at(played.endpoint().toString());
        snapshot = snapshot(SNAPSHOT);
    }

    private SnapshotFile snapshot(Map<String, String> keys) {
        EtcdContent content = new EtcdContent();
        new TreeMap<>(keys).forEach(content::put);
        return SnapshotFile.open(content.save(directory.resolve(keys.size() + ".db")));
    }

    @AfterEach
    void close() {
        etcd.close();
        played.close();
        snapshot.close();
    }

    private Rescue rescue(String prefix) {
        return Rescue.of(Selection.ofPrefix(prefix), snapshot, etcd);
    }

    private RescueRefusedException refused(Selection selection, UnaryOperator<Rescue> how) {
        return catchThrowableOfType(RescueRefusedException.class, () -> how.apply(Rescue.of(selection, snapshot, etcd))
                .plan());
    }

    @Test
    void aWideSelectionLeavesThemBehindAndSaysHowMany() {
        Rescue wide = rescue("/registry/").includingShortLived();
        RescuePlan plan = wide.plan();

        assertThat(plan).hasToString("""
                Rescue keys /registry/* from 6.db at revision 7 into etcd 000000000000002a: 1 create, 0 replace, 0 delete, 1 unchanged, 4 left out
                  + configmaps shop/gone [only the snapshot has it]
                  ! 2 left out: %s (/registry/masterleases/10.0.0.1, /registry/peerserverleases/apiserver-1)
                  ! 2 left out: %s (/registry/ranges/serviceips, /registry/ranges/servicenodeports)
                  note: objects keep uid and ownerReferences of the snapshot, and get a new resourceVersion from etcd; no admission and no quota is asked""".formatted(ADDRESSES, RANGES));

        assertThat(wide.apply(plan, Duration.ofMinutes(1)).complete()).isTrue();
        assertThat(live)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "/registry/configmaps/shop/gone", "a",
                        "/registry/masterleases/10.0.0.2", "live",
                        "/registry/namespaces/shop", "n",
                        "/registry/ranges/serviceips", "live"));
    }

    /** An API server that came since is one that lives. */
    @Test
    void whatCameSinceOfThemIsNotDeletedAndTold() {
        live.put("/registry/configmaps/shop/came", "b");
        Rescue wide = rescue("/registry/").deletingWhatCameSince();
        RescuePlan plan = wide.plan();

        assertThat(plan.with(Action.DELETE))
                .extracting(RescueChange::key)
                .containsExactly("/registry/configmaps/shop/came");
        assertThat(plan.leftOut())
                .contains(new RescuePlan.LeftOut("/registry/masterleases/10.0.0.2", false, ADDRESSES));
        assertThat(plan.toString()).contains("5 left out", "  ! 3 left out: " + ADDRESSES);

        wide.apply(plan, Duration.ofMinutes(1));
        assertThat(live)
                .doesNotContainKey("/registry/configmaps/shop/came")
                .containsEntry("/registry/masterleases/10.0.0.2", "live")
                .containsEntry("/registry/ranges/serviceips", "live");
    }

    /** Before the live etcd is asked anything: it has ended. */
    @Test
    void aSelectionOfNothingElseIsRefused() {
        played.close();
        RescueRefusedException refused = refused(
                Selection.ofPrefix("/registry/ranges/").withPrefix("/registry/masterl"), UnaryOperator.identity());

        assertThat(refused.refusals())
                .containsExactly("1 key of masterleases: " + ADDRESSES, "2 keys of ranges: " + RANGES);
        assertThat(refused).hasMessage("""
                Rescue keys /registry/masterl* or /registry/ranges/* from 6.db: at revision 7 it names nothing but what API servers keep for themselves
                  - 1 key of masterleases: %s
                  - 2 keys of ranges: %s
                Choose objects; API servers write these keys anew by themselves.""".formatted(ADDRESSES, RANGES));
        assertThat(refused(Selection.ofType("peerserverleases"), Rescue::includingShortLived)
                        .refusals())
                .containsExactly("1 key of peerserverleases: " + ADDRESSES);
    }

    @Test
    void aDeletionOfNothingElseIsRefusedToo() {
        assertThat(refused(Selection.ofPrefix("/registry/ranges/"), Rescue::deletingWhatCameSince)
                        .refusals())
                .containsExactly("2 keys of ranges: " + RANGES);
        // the snapshot has none with that beginning
        assertThat(refused(Selection.ofPrefix("/registry/masterleases/10.0.0.2"), Rescue::deletingWhatCameSince)
                        .refusals())
                .containsExactly("1 key of masterleases: " + ADDRESSES);
    }

    @Test
    void somethingElseThatCameSinceIsReasonEnoughForADeletion() {
        live.put("/registry/replicasets/shop/came", "b");

        RescuePlan plan = rescue("/registry/r").deletingWhatCameSince().plan();

        assertThat(plan.changes()).extracting(RescueChange::key).containsExactly("/registry/replicasets/shop/came");
        assertThat(plan.leftOut()).hasSize(2);
    }

    @Test
    void somethingElseThatIsLeftOutMakesAPlanOfNothing() {
        try (SnapshotFile events = snapshot(Map.of(
                "/registry/events/shop/front.1", "e",
                "/registry/ranges/serviceips", "old"))) {
            RescuePlan plan =
                    Rescue.of(Selection.ofPrefix("/registry/"), events, etcd).plan();

            assertThat(plan.isEmpty()).isTrue();
            assertThat(plan.leftOut()).hasSize(2);
        }
    }
}
