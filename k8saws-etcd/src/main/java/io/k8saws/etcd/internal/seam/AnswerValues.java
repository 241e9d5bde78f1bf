package io.k8saws.etcd.internal.seam;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.etcd.jetcd.api.HashKVResponse;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.Member;
import io.etcd.jetcd.api.MemberListResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.StatusResponse;
import java.util.List;

/** What etcd's messages say, as values of ours. */
final class AnswerValues {
    // fields that jetcd's messages lack (api/etcdserverpb/rpc.proto of etcd 3.6)
    private static final int STATUS_STORAGE_VERSION = 11;
    private static final int STATUS_QUOTA = 12;
    private static final int HASH_REVISION = 4;

    private AnswerValues() {}

    static MemberList memberList(MemberListResponse response) {
        ResponseHeader header = response.getHeader();
        return new MemberList(
                header.getClusterId(),
                header.getMemberId(),
                header.getRaftTerm(),
                response.getMembersList().stream().map(AnswerValues::member).toList());
    }

    static MemberEntry member(Member member) {
        return new MemberEntry(
                member.getID(),
                member.getName(),
                member.getPeerURLsList(),
                member.getClientURLsList(),
                member.getIsLearner());
    }

    static MemberStatus status(StatusResponse response) {
        ResponseHeader header = response.getHeader();
        return new MemberStatus(
                header.getClusterId(),
                header.getMemberId(),
                header.getRevision(),
                response.getVersion(),
                text(response.getUnknownFields(), STATUS_STORAGE_VERSION),
                response.getDbSize(),
                response.getDbSizeInUse(),
                number(response.getUnknownFields(), STATUS_QUOTA, 0),
                response.getLeader(),
                response.getRaftIndex(),
                response.getRaftTerm(),
                response.getRaftAppliedIndex(),
                response.getIsLearner(),
                response.getErrorsList());
    }

    static KeyHash hash(HashKVResponse response) {
        ResponseHeader header = response.getHeader();
        return new KeyHash(
                header.getClusterId(),
                header.getMemberId(),
                Integer.toUnsignedLong(response.getHash()),
                number(response.getUnknownFields(), HASH_REVISION, header.getRevision()),
                response.getCompactRevision());
    }

    static Entry entry(KeyValue pair) {
        return new Entry(
                pair.getKey().toByteArray(),
                pair.getValue().toByteArray(),
                pair.getCreateRevision(),
                pair.getModRevision(),
                pair.getVersion(),
                pair.getLease());
    }

    static String text(UnknownFieldSet fields, int number) {
        List<ByteString> found = fields.getField(number).getLengthDelimitedList();
        return found.isEmpty() ? "" : found.get(found.size() - 1).toStringUtf8();
    }

    private static long number(UnknownFieldSet fields, int number, long otherwise) {
        List<Long> found = fields.getField(number).getVarintList();
        return found.isEmpty() ? otherwise : found.get(found.size() - 1);
    }
}
