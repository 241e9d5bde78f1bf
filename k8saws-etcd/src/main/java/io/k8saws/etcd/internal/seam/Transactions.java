package io.k8saws.etcd.internal.seam;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.List;

/** Writes that are done only if keys are as they were seen. */
final class Transactions {
    private Transactions() {}

    /** One key. */
    static TxnRequest put(byte[] key, long seen, byte[] value, long lease) {
        return TxnRequest.newBuilder()
                .addCompare(unchanged(ByteString.copyFrom(key), seen))
                .addSuccess(RequestOp.newBuilder().setRequestPut(putRequest(key, value, lease)))
                .build();
    }

    /** Several keys; where one is another, all are asked for. */
    static TxnRequest request(List<WriteOp> ops) {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        for (WriteOp op : ops) {
            ByteString key = ByteString.copyFrom(op.key());
            request.addCompare(unchanged(key, op.seen()));
            request.addSuccess(op.value()
                    .map(value -> RequestOp.newBuilder().setRequestPut(putRequest(op.key(), value, op.lease())))
                    .orElseGet(() -> RequestOp.newBuilder()
                            .setRequestDeleteRange(
                                    DeleteRangeRequest.newBuilder().setKey(key))));
            request.addFailure(RequestOp.newBuilder()
                    .setRequestRange(RangeRequest.newBuilder().setKey(key)));
        }
        return request.build();
    }

    static WriteAnswer answer(TxnResponse response) {
        return new WriteAnswer(
                response.getSucceeded(),
                response.getHeader().getRevision(),
                response.getSucceeded()
                        ? List.of()
                        : response.getResponsesList().stream()
                                .map(one -> one.getResponseRange().getKvsList().stream()
                                        .findFirst()
                                        .map(AnswerValues::entry))
                                .toList());
    }

    private static Compare.Builder unchanged(ByteString key, long seen) {
        return Compare.newBuilder()
                .setKey(key)
                .setTarget(Compare.CompareTarget.MOD)
                .setResult(Compare.CompareResult.EQUAL)
                .setModRevision(seen);
    }

    private static PutRequest putRequest(byte[] key, byte[] value, long lease) {
        return PutRequest.newBuilder()
                .setKey(ByteString.copyFrom(key))
                .setValue(ByteString.copyFrom(value))
                .setLease(lease)
                .build();
    }
}
