package io.k8saws.etcd.internal.wal;

import io.k8saws.etcd.internal.proto.ProtoReader;
import io.k8saws.etcd.internal.proto.ProtoWriter;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a new member's first log segment and of its raft snapshot: the members were added, and nothing else has happened. Pure. Sources: etcd's {@code storage/wal} (frames of a length and a
 * record, padded to 8 bytes, with a CRC that rolls on), {@code etcdserver/api/snap}, {@code raftpb}.
 */
public final class Wal {
    /** The name of the first segment. */
    public static final String FIRST_SEGMENT = "0000000000000000-0000000000000000.wal";
    /** How long etcd makes a segment before it writes to it. */
    public static final long SEGMENT_BYTES = 64_000_000;

    private static final int METADATA = 1;
    private static final int ENTRY = 2;
    private static final int STATE = 3;
    private static final int CRC = 4;
    private static final int SNAPSHOT = 5;
    private static final int CONF_CHANGE_ENTRY = 1;
    private static final long TERM = 1;

    private final CRC32C crc = new CRC32C();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Wal() {}

    /**
     * A member as the log has it.
     *
     * @param id its id
     * @param json its JSON, as etcd writes it
     */
    @SuppressWarnings("ArrayRecordComponent") // internal: nobody compares or changes it
    public record Peer(long id, byte[] json) {}

    /**
     * Writes the segment.
     *
     * @param clusterId the id of the cluster
     * @param memberId the id of the member whose log it is
     * @param peers all members, by ascending unsigned ids
     * @param voters whether the snapshot record names the voters: from 3.5 on
     * @return the used part of the segment; zeros follow
     */
    public static byte[] segment(long clusterId, long memberId, List<Peer> peers, boolean voters) {
        Wal wal = new Wal();
        long commit = peers.size();
        wal.record(CRC, null);
        wal.record(METADATA, new ProtoWriter().number(1, memberId).number(2, clusterId));
        wal.record(SNAPSHOT, new ProtoWriter().number(1, 0).number(2, 0));
        long index = 1;
        for (Peer peer : peers) {
            byte[] change = new ProtoWriter()
                    .number(1, 0)
                    .number(2, 0)
                    .number(3, peer.id())
                    .bytes(4, peer.json())
                    .toByteArray();
            wal.record(
                    ENTRY,
                    new ProtoWriter()
                            .number(1, CONF_CHANGE_ENTRY)
                            .number(2, TERM)
                            .number(3, index++)
                            .bytes(4, change));
        }
        wal.record(
                STATE,
                new ProtoWriter().number(1, TERM).number(2, peers.get(0).id()).number(3, commit));
        ProtoWriter snapshot = new ProtoWriter().number(1, commit).number(2, TERM);
        if (voters) {
            snapshot.bytes(3, confState(peers));
        }
        wal.record(SNAPSHOT, snapshot);
        return wal.out.toByteArray();
    }

    private void record(int type, @Nullable ProtoWriter message) {
        ProtoWriter record = new ProtoWriter().number(1, type);
        if (message == null) {
            record.number(2, crc.getValue());
        } else {
            byte[] bytes = message.toByteArray();
            crc.update(bytes, 0, bytes.length);
            record.number(2, crc.getValue()).bytes(3, bytes);
        }
        byte[] bytes = record.toByteArray();
        int pad = (8 - bytes.length % 8) % 8;
        long length = bytes.length | (pad == 0 ? 0 : (long) (0x80 | pad) << 56);
        byte[] frame = new byte[8 + bytes.length + pad];
        ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(bytes);
        out.write(frame, 0, frame.length);
    }

    private static byte[] confState(List<Peer> peers) {
        ProtoWriter state = new ProtoWriter();
        peers.forEach(peer -> state.number(1, peer.id()));
        return state.number(5, 0).toByteArray();
    }

    /**
     * Whose log a segment is: what its metadata record says. Each segment has one.
     *
     * @param memberId the id of the member
     * @param clusterId the id of the cluster
     */
    public record Identity(long memberId, long clusterId) {}

    /**
     * Reads whose log a segment is.
     *
     * @param start the first bytes of a segment, some hundred
     * @return empty if they are those of no log
     */
    public static Optional<Identity> identity(byte[] start) {
        ByteBuffer bytes = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
        // a crc record stands first
        for (int i = 0; i < 3 && bytes.remaining() > 8; i++) {
            long field = bytes.getLong();
            long length = field & 0x00ff_ffff_ffff_ffffL;
            long padded = length + (field < 0 ? field >>> 56 & 7 : 0);
            if (length == 0 || padded > bytes.remaining()) {
                return Optional.empty();
            }
            ProtoReader record = new ProtoReader(start, bytes.position(), (int) length);
            long type = 0;
            while (record.next()) {
                if (record.isNumber(1)) {
                    type = record.number();
                } else if (record.isBytes(3) && type == METADATA) {
                    return Optional.of(metadata(record.message()));
                }
            }
            bytes.position(bytes.position() + (int) padded);
        }
        return Optional.empty();
    }

    private static Identity metadata(ProtoReader fields) {
        long member = 0;
        long cluster = 0;
        while (fields.next()) {
            if (fields.isNumber(1)) {
                member = fields.number();
            } else if (fields.isNumber(2)) {
                cluster = fields.number();
            }
        }
        return new Identity(member, cluster);
    }

    /**
     * The name of the file of the raft snapshot.
     *
     * @param members how many members there are
     * @return a file name
     */
    public static String raftSnapshotName(int members) {
        return String.format(Locale.ROOT, "%016x-%016x.snap", TERM, members);
    }

    /**
     * Writes the raft snapshot.
     *
     * @param membership the members in the form of etcd's second version
     * @param peers all members, by ascending unsigned ids
     * @return the file
     */
    public static byte[] raftSnapshot(byte[] membership, List<Peer> peers) {
        byte[] metadata = new ProtoWriter()
                .bytes(1, confState(peers))
                .number(2, peers.size())
                .number(3, TERM)
                .toByteArray();
        byte[] snapshot =
                new ProtoWriter().bytes(1, membership).bytes(2, metadata).toByteArray();
        CRC32C sum = new CRC32C();
        sum.update(snapshot, 0, snapshot.length);
        return new ProtoWriter().number(1, sum.getValue()).bytes(2, snapshot).toByteArray();
    }
}
